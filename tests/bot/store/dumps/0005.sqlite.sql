BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE alert (
	id VARCHAR NOT NULL, 
	session VARCHAR NOT NULL, 
	team VARCHAR NOT NULL, 
	urgency VARCHAR NOT NULL, 
	rank INTEGER NOT NULL, 
	category VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	raised_at VARCHAR NOT NULL, 
	due_at VARCHAR NOT NULL, 
	"plan" TEXT NOT NULL, 
	step INTEGER NOT NULL, 
	told INTEGER NOT NULL, 
	owner VARCHAR NOT NULL, 
	owned_at VARCHAR NOT NULL, 
	claimed BOOLEAN NOT NULL, 
	reopened INTEGER NOT NULL, 
	outcome VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_alert PRIMARY KEY (id), 
	CONSTRAINT ck_alert_urgency_known CHECK (urgency IN ('urgent', 'today', 'routine')), 
	CONSTRAINT ck_alert_state_known CHECK (state IN ('waiting', 'open', 'acknowledged', 'closed', 'withdrawn'))
);
CREATE TABLE alert_event (
	alert VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	who VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_alert_event PRIMARY KEY (alert, n), 
	CONSTRAINT fk_alert_event_alert_alert FOREIGN KEY(alert) REFERENCES alert (id)
);
CREATE TABLE body (
	seq INTEGER NOT NULL, 
	record VARCHAR NOT NULL, 
	sealed TEXT NOT NULL, 
	CONSTRAINT pk_body PRIMARY KEY (seq), 
	CONSTRAINT fk_body_seq_entry FOREIGN KEY(seq) REFERENCES entry (seq)
);
INSERT INTO "body" VALUES(1,'s-2222222222222','1.e9dNP1YN0V/xKbb4SYrl/xy+d0g/asUWHfCcPnoJLgLzuwtqXKb8MEeHiAdXebqYWW9EMfqLhiYQzpPjawZ6HOdTBZk9wA==');
INSERT INTO "body" VALUES(2,'s-2222222222222','1.nNSVR5keFAGNRl4FQ+KLwhmWY3GlcLp00g7/7cU9ElaaoRr8IfhRa50wnrrRxI5t8zticSTgHxyVe9oBHJXNMUtHuJ1a6Q==');
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
INSERT INTO "decision" VALUES('R-2222-2222-22','s-2222222222222',2,'2026-11-23T09:00:00.000000Z','U1','share','may','none','shared',0,'c0ffee','1.qGfYzzXCc0Yk1uFv5eCjUGnOXEr6eOKD/XXNeE/3IHR1iTqXB2YtY4jQ45GyZu3AUAHnnQ4=');
INSERT INTO "decision" VALUES('R-3333-3333-33','s-2222222222222',3,'2026-11-23T10:00:00.000000Z','U1','share','may','today','shared',1,'c0ffee','1.ruBPLoSMDlJa4PjCi/Rk1lRaF4Qv/2QWMMNDMQSisuTsF03EsmT4gvh7RN6VcbtwsbpsqQ==');
CREATE TABLE delivery (
	id VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	about VARCHAR NOT NULL, 
	record VARCHAR NOT NULL, 
	urgency VARCHAR NOT NULL, 
	rank INTEGER NOT NULL, 
	promised_at VARCHAR NOT NULL, 
	due_at VARCHAR NOT NULL, 
	attempt INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	lease VARCHAR NOT NULL, 
	settled_at VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	CONSTRAINT pk_delivery PRIMARY KEY (id), 
	CONSTRAINT ck_delivery_state_known CHECK (state IN ('due', 'sent', 'unreachable', 'dropped'))
);
CREATE TABLE entry (
	seq INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	record VARCHAR NOT NULL, 
	facts INTEGER NOT NULL, 
	covers VARCHAR NOT NULL, 
	body_hash VARCHAR NOT NULL, 
	key_hash VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_entry PRIMARY KEY (seq)
);
INSERT INTO "entry" VALUES(1,'2026-11-23T09:00:00.000000Z','session:decision:taken-over','s-2222222222222',2,'9c1cca19199b0aff864b6ed3d9c6b252708779f8afea12e9674e33c23a864b68','89a07c75df11797a31c013ec61748674a819af682fe716eda7572fdc1a12b7d8','86a6bfa2b027e5591804fd248fa2fc86983b7e20b87ef35bd654c5d3db1db0b8','8f62abec22c980484f70d3e6500bc7a1f1eaa402a57c87e593d8ee7fad22f462');
INSERT INTO "entry" VALUES(2,'2026-11-23T10:00:00.000000Z','session:decision:taken-over','s-2222222222222',3,'fadaf9561011716d8a4745082ae27b972f15f545f6f3f72cc30f0cbcd5b19969','cd733d4b59f979d41ee8b8233667521be789913f7d3e7fbeccce076b0061c957','86a6bfa2b027e5591804fd248fa2fc86983b7e20b87ef35bd654c5d3db1db0b8','474dd1726d5073f3784b56e0e753a148159d15c4002c220666b6b950eda39d55');
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
INSERT INTO "fact" VALUES('s-2222222222222',1,'2026-11-23T09:00:00.000000Z','answered','1.Wky77wQge9cSEiQX1bUgV/o6bpSyIvPadKkO7IwoxHNvoxiBYr0nIT+bTnuF1hLpFLT03cI=');
INSERT INTO "fact" VALUES('s-2222222222222',2,'2026-11-23T09:00:00.000000Z','answered','1.6Gn4UCAPFle+1CU3VQGvtyFvYNsppq5FoY/oHOJl0tO8alv1blauE4x/niu+BzXIqLfuobNKyoZAzY5EvVL6nLyf2zvgrWCa6O6gO2wH');
INSERT INTO "fact" VALUES('s-2222222222222',3,'2026-11-23T09:00:00.000000Z','answered','1.F8HNn1rM1AVqF5RJN+OMOFa+STo9UqpKNp2aEnNDP+NSMezuiMufDb1fO9zssLJ3DSzsjozG');
INSERT INTO "fact" VALUES('s-3333333333333',1,'2026-11-23T09:00:00.000000Z','answered','1.mdwh9RD1Do/WeDeFdI3JUcalIiCRAcTw4LcmdE1Eyv+PvT6FwCy9+gwJ3W8WEREunzSiFiY=');
CREATE TABLE guidance (
	hash VARCHAR NOT NULL, 
	pack VARCHAR NOT NULL, 
	files TEXT NOT NULL, 
	first_seen VARCHAR NOT NULL, 
	CONSTRAINT pk_guidance PRIMARY KEY (hash)
);
INSERT INTO "guidance" VALUES('c0ffee','derby','{"pack.yaml":"id: derby\n","source.txt":"\u201cFrazer\u201d \u2013 consent\n"}','2026-11-23T09:00:00.000000Z');
CREATE TABLE head (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_head PRIMARY KEY (id), 
	CONSTRAINT ck_head_only_one CHECK (id = 1)
);
INSERT INTO "head" VALUES(1,2,'474dd1726d5073f3784b56e0e753a148159d15c4002c220666b6b950eda39d55');
CREATE TABLE message (
	about VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	address TEXT NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (about, channel, user)
);
INSERT INTO "message" VALUES('s-2222222222222','slack','U1','{"ts":"1"}');
CREATE TABLE proposal (
	pack VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	guidance VARCHAR NOT NULL, 
	against VARCHAR NOT NULL, 
	reason TEXT NOT NULL, 
	author VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	from_at VARCHAR NOT NULL, 
	stamp VARCHAR NOT NULL, 
	changes_safety BOOLEAN NOT NULL, 
	told TEXT NOT NULL, 
	CONSTRAINT pk_proposal PRIMARY KEY (pack, name), 
	CONSTRAINT fk_proposal_guidance_guidance FOREIGN KEY(guidance) REFERENCES guidance (hash)
);
CREATE TABLE record_key (
	record VARCHAR NOT NULL, 
	wrapped TEXT NOT NULL, 
	CONSTRAINT pk_record_key PRIMARY KEY (record)
);
INSERT INTO "record_key" VALUES('s-2222222222222','gAAAAABrCCqlpljf5xFvPy88eZy6bzgDF7zypCXK7umdOfqLJoTfmjNcRIKt0aFmEgKOr7Sieyb5__Gbx3VieD1sCyUsbSCIe-4_7su1ylt7tjbgD8rJxAg77xtCIC0MCfln0Cd5Oc6q');
INSERT INTO "record_key" VALUES('s-3333333333333','gAAAAABrCCqlU_4DKTSGcxsOMYq0BBOtwG4fDWobVNu1x0IzhnppuckzqGHCIng_AHsFlXFyoAy_gpotSG157220PubVdNTX7TQelBje2i1y7uyB7PvKW2uCGqYN8nR2D7i5XQV00c9J');
CREATE TABLE ruling (
	pack VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	ruled VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	in_force_at VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	why TEXT NOT NULL, 
	reviewed BOOLEAN NOT NULL, 
	CONSTRAINT pk_ruling PRIMARY KEY (pack, n), 
	CONSTRAINT fk_ruling_pack_name_proposal FOREIGN KEY(pack, name) REFERENCES proposal (pack, name), 
	CONSTRAINT uq_ruling_pack_name UNIQUE (pack, name), 
	CONSTRAINT ck_ruling_numbered_from_one CHECK (n >= 1), 
	CONSTRAINT ck_ruling_ruled_known CHECK (ruled IN ('approved', 'sent-back'))
);
CREATE TABLE seen (
	"key" VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	CONSTRAINT pk_seen PRIMARY KEY ("key")
);
INSERT INTO "seen" VALUES('slack:Ev1','2026-11-23T09:00:00.000000Z');
CREATE TABLE "session" (
	id VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	pack VARCHAR NOT NULL, 
	guidance VARCHAR NOT NULL, 
	started_at VARCHAR NOT NULL, 
	facts INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_session PRIMARY KEY (id), 
	CONSTRAINT fk_session_guidance_guidance FOREIGN KEY(guidance) REFERENCES guidance (hash), 
	CONSTRAINT ck_session_facts_counted CHECK (facts >= 0), 
	CONSTRAINT ck_session_state_known CHECK (state IN ('open', 'recorded', 'cancelled', 'erased'))
);
INSERT INTO "session" VALUES('s-2222222222222','U1','terminal','derby','c0ffee','2026-11-23T09:00:00.000000Z',3,'recorded');
INSERT INTO "session" VALUES('s-3333333333333','U2','terminal','derby','c0ffee','2026-11-23T09:00:00.000000Z',1,'open');
INSERT INTO "session" VALUES('s-4444444444444','U3','terminal','derby','c0ffee','2026-11-23T09:00:00.000000Z',0,'open');
CREATE TABLE watch (
	session VARCHAR NOT NULL, 
	due_at VARCHAR NOT NULL, 
	stage INTEGER NOT NULL, 
	CONSTRAINT pk_watch PRIMARY KEY (session), 
	CONSTRAINT fk_watch_session_session FOREIGN KEY(session) REFERENCES session (id)
);
CREATE TABLE worker (
	id VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	CONSTRAINT pk_worker PRIMARY KEY (id)
);
CREATE INDEX ix_decision_at ON decision (at);
CREATE INDEX ix_decision_user_at ON decision (user, at);
CREATE TRIGGER guidance_refuses_update BEFORE UPDATE ON guidance BEGIN SELECT RAISE(ABORT, 'guidance is append-only'); END;
CREATE TRIGGER guidance_refuses_delete BEFORE DELETE ON guidance BEGIN SELECT RAISE(ABORT, 'guidance is append-only'); END;
CREATE TRIGGER guidance_refuses_replace BEFORE INSERT ON guidance WHEN EXISTS (SELECT 1 FROM guidance WHERE hash = NEW.hash) BEGIN SELECT RAISE(ABORT, 'guidance is append-only'); END;
CREATE TRIGGER fact_refuses_delete BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'fact is append-only'); END;
CREATE TRIGGER fact_refuses_replace BEFORE INSERT ON fact WHEN EXISTS (SELECT 1 FROM fact WHERE session = NEW.session AND n = NEW.n) BEGIN SELECT RAISE(ABORT, 'fact is append-only'); END;
CREATE TRIGGER decision_refuses_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;
CREATE TRIGGER decision_refuses_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision WHERE reference = NEW.reference OR (session = NEW.session AND n = NEW.n)) BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;
CREATE INDEX ix_seen_at ON seen (at);
CREATE INDEX ix_entry_record ON entry (record);
CREATE INDEX ix_body_record ON body (record);
CREATE INDEX ix_session_user_started_at ON session (user, started_at);
CREATE TRIGGER fact_refuses_update BEFORE UPDATE ON fact WHEN NOT (NEW.body = '' AND NEW."session" IS OLD."session" AND NEW."n" IS OLD."n" AND NEW."at" IS OLD."at" AND NEW."kind" IS OLD."kind" AND EXISTS (SELECT 1 FROM entry WHERE kind = 'record:body:erased' AND entry.record =  OLD.session)) BEGIN SELECT RAISE(ABORT, 'fact is append-only'); END;
CREATE TRIGGER decision_refuses_update BEFORE UPDATE ON decision WHEN NOT (NEW.body = '' AND NEW."reference" IS OLD."reference" AND NEW."session" IS OLD."session" AND NEW."n" IS OLD."n" AND NEW."at" IS OLD."at" AND NEW."user" IS OLD."user" AND NEW."outcome" IS OLD."outcome" AND NEW."level" IS OLD."level" AND NEW."alert" IS OLD."alert" AND NEW."decision" IS OLD."decision" AND NEW."departing" IS OLD."departing" AND NEW."guidance" IS OLD."guidance" AND EXISTS (SELECT 1 FROM entry WHERE kind = 'record:body:erased' AND entry.record =  OLD.session)) BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;
CREATE TRIGGER body_refuses_delete BEFORE DELETE ON body WHEN NOT EXISTS (SELECT 1 FROM entry WHERE kind = 'record:body:erased' AND entry.record =  OLD.record) BEGIN SELECT RAISE(ABORT, 'body is append-only'); END;
CREATE TRIGGER record_key_refuses_delete BEFORE DELETE ON record_key WHEN NOT EXISTS (SELECT 1 FROM entry WHERE kind = 'record:body:erased' AND entry.record =  OLD.record) BEGIN SELECT RAISE(ABORT, 'record_key is append-only'); END;
CREATE TRIGGER body_refuses_update BEFORE UPDATE ON body BEGIN SELECT RAISE(ABORT, 'body is append-only'); END;
CREATE TRIGGER record_key_refuses_update BEFORE UPDATE OF record ON record_key BEGIN SELECT RAISE(ABORT, 'record_key is append-only'); END;
CREATE TRIGGER entry_refuses_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER entry_refuses_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER head_refuses_update BEFORE UPDATE ON head WHEN NOT (NEW.id IS OLD.id AND NEW.seq IS OLD.seq + 1) BEGIN SELECT RAISE(ABORT, 'head is append-only'); END;
CREATE TRIGGER head_refuses_delete BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'head is append-only'); END;
CREATE TRIGGER entry_refuses_replace BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM entry WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER body_refuses_replace BEFORE INSERT ON body WHEN EXISTS (SELECT 1 FROM body WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'body is append-only'); END;
CREATE TRIGGER head_refuses_replace BEFORE INSERT ON head WHEN EXISTS (SELECT 1 FROM head WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'head is append-only'); END;
CREATE TRIGGER record_key_refuses_replace BEFORE INSERT ON record_key WHEN EXISTS (SELECT 1 FROM record_key WHERE record = NEW.record) BEGIN SELECT RAISE(ABORT, 'record_key is append-only'); END;
CREATE INDEX ix_delivery_state_rank_due_at ON delivery (state, rank, due_at);
CREATE INDEX ix_delivery_about ON delivery (about);
CREATE INDEX ix_delivery_channel_user ON delivery (channel, user);
CREATE INDEX ix_alert_state_rank_due_at ON alert (state, rank, due_at);
CREATE INDEX ix_alert_session ON alert (session);
CREATE TRIGGER alert_event_refuses_update BEFORE UPDATE ON alert_event BEGIN SELECT RAISE(ABORT, 'alert_event is append-only'); END;
CREATE TRIGGER alert_event_refuses_delete BEFORE DELETE ON alert_event BEGIN SELECT RAISE(ABORT, 'alert_event is append-only'); END;
CREATE TRIGGER alert_event_refuses_replace BEFORE INSERT ON alert_event WHEN EXISTS (SELECT 1 FROM alert_event WHERE alert = NEW.alert AND n = NEW.n) BEGIN SELECT RAISE(ABORT, 'alert_event is append-only'); END;
CREATE INDEX ix_watch_due_at ON watch (due_at);
CREATE INDEX ix_proposal_pack_at ON proposal (pack, at);
CREATE TRIGGER proposal_refuses_update BEFORE UPDATE ON proposal BEGIN SELECT RAISE(ABORT, 'proposal is append-only'); END;
CREATE TRIGGER proposal_refuses_delete BEFORE DELETE ON proposal BEGIN SELECT RAISE(ABORT, 'proposal is append-only'); END;
CREATE TRIGGER proposal_refuses_replace BEFORE INSERT ON proposal WHEN EXISTS (SELECT 1 FROM proposal WHERE pack = NEW.pack AND name = NEW.name) BEGIN SELECT RAISE(ABORT, 'proposal is append-only'); END;
CREATE TRIGGER ruling_refuses_update BEFORE UPDATE ON ruling BEGIN SELECT RAISE(ABORT, 'ruling is append-only'); END;
CREATE TRIGGER ruling_refuses_delete BEFORE DELETE ON ruling BEGIN SELECT RAISE(ABORT, 'ruling is append-only'); END;
CREATE TRIGGER ruling_refuses_replace BEFORE INSERT ON ruling WHEN EXISTS (SELECT 1 FROM ruling WHERE pack = NEW.pack AND n = NEW.n) BEGIN SELECT RAISE(ABORT, 'ruling is append-only'); END;
COMMIT;
