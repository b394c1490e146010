BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE conversation (
	channel VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	address TEXT NOT NULL, 
	CONSTRAINT pk_conversation PRIMARY KEY (channel, user)
);
INSERT INTO "conversation" VALUES('slack','T1:U1','{"channel":"D1"}');
CREATE TABLE decision (
	reference VARCHAR NOT NULL, 
	session VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	alert VARCHAR NOT NULL, 
	decision VARCHAR NOT NULL, 
	departing BOOLEAN NOT NULL, 
	guidance VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_decision PRIMARY KEY (reference), 
	CONSTRAINT fk_decision_session_n_fact FOREIGN KEY(session, n) REFERENCES fact (session, n), 
	CONSTRAINT uq_decision_session_n UNIQUE (session, n), 
	CONSTRAINT fk_decision_guidance_guidance FOREIGN KEY(guidance) REFERENCES guidance (hash)
);
INSERT INTO "decision" VALUES('R-2222-2222-22','s-2222222222222',2,'2026-11-23T09:00:00.000000Z','U1','share','may','none','shared',0,'c0ffee','{"why":"kept-9f3a three"}');
INSERT INTO "decision" VALUES('R-3333-3333-33','s-2222222222222',3,'2026-11-23T10:00:00.000000Z','U1','share','may','today','shared',1,'c0ffee','{"why":"kept-9f3a five"}');
CREATE TABLE fact (
	session VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_fact PRIMARY KEY (session, n), 
	CONSTRAINT ck_fact_numbered_from_one CHECK (n >= 1), 
	CONSTRAINT fk_fact_session_session FOREIGN KEY(session) REFERENCES session (id)
);
INSERT INTO "fact" VALUES('s-2222222222222',1,'2026-11-23T09:00:00.000000Z','answered','{"words":"kept-9f3a one"}');
INSERT INTO "fact" VALUES('s-2222222222222',2,'2026-11-23T09:00:00.000000Z','answered','{"words":"kept-9f3a \u201ctwo\u201d \ud83d\udc67"}');
INSERT INTO "fact" VALUES('s-2222222222222',3,'2026-11-23T09:00:00.000000Z','answered','{"words":"kept-9f3a four"}');
INSERT INTO "fact" VALUES('s-3333333333333',1,'2026-11-23T09:00:00.000000Z','answered','{"words":"kept-9f3a six"}');
CREATE TABLE guidance (
	hash VARCHAR NOT NULL, 
	pack VARCHAR NOT NULL, 
	files TEXT NOT NULL, 
	first_seen VARCHAR NOT NULL, 
	CONSTRAINT pk_guidance PRIMARY KEY (hash)
);
INSERT INTO "guidance" VALUES('c0ffee','derby','{"pack.yaml":"id: derby\n","source.txt":"\u201cFrazer\u201d \u2013 consent\n"}','2026-11-23T09:00:00.000000Z');
CREATE TABLE message (
	about VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	address TEXT NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (about, channel, user)
);
INSERT INTO "message" VALUES('s-2222222222222','slack','U1','{"ts":"1"}');
CREATE TABLE seen (
	"key" VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	CONSTRAINT pk_seen PRIMARY KEY ("key")
);
INSERT INTO "seen" VALUES('slack:Ev1','2026-11-23T09:00:00.000000Z');
CREATE TABLE session (
	id VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	pack VARCHAR NOT NULL, 
	guidance VARCHAR NOT NULL, 
	started_at VARCHAR NOT NULL, 
	facts INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_session PRIMARY KEY (id), 
	CONSTRAINT ck_session_facts_counted CHECK (facts >= 0), 
	CONSTRAINT ck_session_state_known CHECK (state IN ('open', 'recorded', 'cancelled')), 
	CONSTRAINT fk_session_guidance_guidance FOREIGN KEY(guidance) REFERENCES guidance (hash)
);
INSERT INTO "session" VALUES('s-2222222222222','U1','terminal','derby','c0ffee','2026-11-23T09:00:00.000000Z',3,'recorded');
INSERT INTO "session" VALUES('s-3333333333333','U2','terminal','derby','c0ffee','2026-11-23T09:00:00.000000Z',1,'open');
INSERT INTO "session" VALUES('s-4444444444444','U3','terminal','derby','c0ffee','2026-11-23T09:00:00.000000Z',0,'open');
CREATE INDEX ix_session_user_started_at ON session (user, started_at);
CREATE INDEX ix_decision_at ON decision (at);
CREATE INDEX ix_decision_user_at ON decision (user, at);
CREATE TRIGGER guidance_refuses_update BEFORE UPDATE ON guidance BEGIN SELECT RAISE(ABORT, 'guidance is append-only'); END;
CREATE TRIGGER guidance_refuses_delete BEFORE DELETE ON guidance BEGIN SELECT RAISE(ABORT, 'guidance is append-only'); END;
CREATE TRIGGER guidance_refuses_replace BEFORE INSERT ON guidance WHEN EXISTS (SELECT 1 FROM guidance WHERE hash = NEW.hash) BEGIN SELECT RAISE(ABORT, 'guidance is append-only'); END;
CREATE TRIGGER fact_refuses_update BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'fact is append-only'); END;
CREATE TRIGGER fact_refuses_delete BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'fact is append-only'); END;
CREATE TRIGGER fact_refuses_replace BEFORE INSERT ON fact WHEN EXISTS (SELECT 1 FROM fact WHERE session = NEW.session AND n = NEW.n) BEGIN SELECT RAISE(ABORT, 'fact is append-only'); END;
CREATE TRIGGER decision_refuses_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;
CREATE TRIGGER decision_refuses_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;
CREATE TRIGGER decision_refuses_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision WHERE reference = NEW.reference OR (session = NEW.session AND n = NEW.n)) BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;
CREATE INDEX ix_seen_at ON seen (at);
COMMIT;
