BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE body (
	seq INTEGER NOT NULL, 
	record VARCHAR NOT NULL, 
	sealed TEXT NOT NULL, 
	CONSTRAINT pk_body PRIMARY KEY (seq), 
	CONSTRAINT fk_body_seq_entry FOREIGN KEY(seq) REFERENCES entry (seq)
);
INSERT INTO "body" VALUES(1,'s-2222222222222','1.XdDnpMTtxxPrq6D0mXMmIWEl3/BZ3cjqqxatrTM00pDmCN3Kak0Yk6cMjVJMkrdBlXYXepbrSI8I6taXBW3xlp33/bCjNw==');
INSERT INTO "body" VALUES(2,'s-2222222222222','1.d7FyQwgBYpu6tiM6XXAcT6aRv8vvyudTN9gD8BF/ibCseRlu8cCblA7ui4DV51HCasi60m/i+TIy4qyj3jqo0k+Ii4PjfQ==');
INSERT INTO "body" VALUES(3,'erasures','1.LxYZHL4hOZ1v2TMieYOsY9G4gqrOPnaUAtXgRILnJIDoiVD0r/PwJNPlNGqnnIXb7ZRSUS6BB9QEOqLZqVQ0ZsJSpEBKVU1xMuxlh32Gvw==');
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
INSERT INTO "decision" VALUES('R-2222-2222-22','s-2222222222222',2,'2026-11-23T09:00:00.000000Z','U1','share','may','none','shared',0,'c0ffee','1.u8lzy/E5sfcq5YOiuACUa/g8MCa1Hg2+UUcLQbVmOBUPuPTFvBSWwUfZRzXYPB9F7iMvpCU=');
INSERT INTO "decision" VALUES('R-3333-3333-33','s-2222222222222',3,'2026-11-23T10:00:00.000000Z','U1','share','may','today','shared',1,'c0ffee','1.3+qv76ew70G6MCwHpj2y/QGK6oNo0o2kONzr3U1/w7taNkTwz3P6xbwqHrvm9GaF8Vc3VA==');
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
INSERT INTO "entry" VALUES(1,'2026-11-23T09:00:00.000000Z','session:decision:recorded','s-2222222222222',2,'355addc214cec7344376e47d6af7ce808692a2ef1bd91f4b10f8a4ab0555d23f','d447949a5c2af4f631b9075fddfe7873a839d44e2d5b8bc79edc64f107c2c4cc','61a52d40b543ae5696729437363ef3a68783a9411438760ffa66fa81a4a07a0e','bf74c5efea6e548a0703d2790d2e0fa1d274251f4fe5b8a0f2b1bc1319005542');
INSERT INTO "entry" VALUES(2,'2026-11-23T10:00:00.000000Z','session:decision:recorded','s-2222222222222',3,'0d0d5762b9da44dcb6438647fbad0b4e2f83bcea1112e97eb16c81edca401011','28bdd1bc97773261021c171e4874395c35360e2f658ca384a6ced6df93e4ccd6','61a52d40b543ae5696729437363ef3a68783a9411438760ffa66fa81a4a07a0e','af5c0c15212eed5eb1e92742a283f88f4532490d8747bb471dc0dff56be154eb');
INSERT INTO "entry" VALUES(3,'2026-11-23T09:00:00.000000Z','record:body:erased','s-5555555555555',0,'','dc596115737dd29765f17a62a5d96650bd0ddc34afbaa0cb2f6b46ac32dce8c7','314a9e655ace3a6cde2c1549c7a15e6acc26533103a818ec72e2e095e090999e','16172e4b36f7ee63a91553bf7e367923bcf9522384d3a2685d283ff97d06821b');
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
INSERT INTO "fact" VALUES('s-2222222222222',1,'2026-11-23T09:00:00.000000Z','answered','1.FeACqp6GNP/q5qh/4R/w3rnHAvagFN8jyucYYM4YuO06h+FjL+GwCwFaAGWWNGWqQkWRcsg=');
INSERT INTO "fact" VALUES('s-2222222222222',2,'2026-11-23T09:00:00.000000Z','answered','1.kkBM/XI8dhFnFzGfnisW0UYStT3jRt7S3skIJQRobMy9Ta1fusVA5nI8ZSaowZVBmGbbhS3KOUZvBlycrAD9Wd7IrBGNZ7u90WN2ZvyH');
INSERT INTO "fact" VALUES('s-2222222222222',3,'2026-11-23T09:00:00.000000Z','answered','1.K6XkgPi4sOlO1Xi39tJLQZm2jP2J7O5LIQ6ZVBlfi31IvzoVcUCxAJ+cbi2dffUlH43LgNfV');
INSERT INTO "fact" VALUES('s-3333333333333',1,'2026-11-23T09:00:00.000000Z','answered','1.ppNkGL9jaTRXB+xpQnfvNNG4RlAASAOA1hesUD/X1tR0fVeVsiBw0GyagHepXp12yf1SneI=');
INSERT INTO "fact" VALUES('s-5555555555555',1,'2026-11-23T09:00:00.000000Z','answered','');
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
INSERT INTO "head" VALUES(1,3,'16172e4b36f7ee63a91553bf7e367923bcf9522384d3a2685d283ff97d06821b');
CREATE TABLE message (
	about VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	user VARCHAR NOT NULL, 
	address TEXT NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (about, channel, user)
);
INSERT INTO "message" VALUES('s-2222222222222','slack','U1','{"ts":"1"}');
CREATE TABLE record_key (
	record VARCHAR NOT NULL, 
	wrapped TEXT NOT NULL, 
	CONSTRAINT pk_record_key PRIMARY KEY (record)
);
INSERT INTO "record_key" VALUES('s-2222222222222','gAAAAABrCC3Qm0dolo-0rWkyNnFHwsnmg-diACTPfow87iegwrxL3RW2-hZz4KnPAfoe_oPGuIjj277rNq4NqlzvRs41923AK2-vjrFtGN40jOSUPZ9IUoHOpwPajTnd4tv1-DC4RN_4');
INSERT INTO "record_key" VALUES('s-3333333333333','gAAAAABrCC3QAF_Pb7T_-3Vs5693cTTN2NfJApegttWfGoAWCb4itJ6-jAjnUjBYrFoNYl8EtWbYxXKsYQo4Nbtw6TDjmUSKgIrYHIgFIGbm3MK_x9FyIWBqpEXyZLra364k4ykX-Ig8');
INSERT INTO "record_key" VALUES('erasures','gAAAAABrCC3Q6c52ZUJnPGj15V7EI3xBB3srUZ3I4W7geKLpIZSdjo609NTg3J28KCSYHutk95SmSicav0OXpBXeYwbxU0asalqtPQl439Si1u6SOVqs9ILaj2abhQINugtdbhw_FrGv');
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
INSERT INTO "session" VALUES('s-5555555555555','U4','terminal','derby','c0ffee','2026-11-23T09:00:00.000000Z',1,'erased');
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
COMMIT;
