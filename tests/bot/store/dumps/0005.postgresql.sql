CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$;
CREATE FUNCTION public.refuse_other_head() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN IF NEW.id = OLD.id AND NEW.seq = OLD.seq + 1 THEN RETURN NEW; END IF; RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$;
CREATE FUNCTION public.refuse_unless_erased() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ DECLARE whose text := to_jsonb(OLD) ->> TG_ARGV[0]; BEGIN IF EXISTS (SELECT 1 FROM entry WHERE kind = 'record:body:erased' AND entry.record =  whose) THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; IF NEW.body = '' AND to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body' THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.alert (
    id character varying NOT NULL,
    session character varying NOT NULL,
    team character varying NOT NULL,
    urgency character varying NOT NULL,
    rank integer NOT NULL,
    category character varying NOT NULL,
    state character varying NOT NULL,
    raised_at character varying NOT NULL,
    due_at character varying NOT NULL,
    plan text NOT NULL,
    step integer NOT NULL,
    told integer NOT NULL,
    owner character varying NOT NULL,
    owned_at character varying NOT NULL,
    claimed boolean NOT NULL,
    reopened integer NOT NULL,
    outcome character varying NOT NULL,
    version integer NOT NULL,
    CONSTRAINT ck_alert_state_known CHECK (((state)::text = ANY (ARRAY[('waiting'::character varying)::text, ('open'::character varying)::text, ('acknowledged'::character varying)::text, ('closed'::character varying)::text, ('withdrawn'::character varying)::text]))),
    CONSTRAINT ck_alert_urgency_known CHECK (((urgency)::text = ANY (ARRAY[('urgent'::character varying)::text, ('today'::character varying)::text, ('routine'::character varying)::text])))
);
CREATE TABLE public.alert_event (
    alert character varying NOT NULL,
    n integer NOT NULL,
    at character varying NOT NULL,
    kind character varying NOT NULL,
    who character varying NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.body (
    seq integer NOT NULL,
    record character varying NOT NULL,
    sealed text NOT NULL
);
CREATE TABLE public.conversation (
    channel character varying NOT NULL,
    "user" character varying NOT NULL,
    address text NOT NULL
);
CREATE TABLE public.decision (
    reference character varying NOT NULL,
    session character varying NOT NULL,
    n integer NOT NULL,
    at character varying NOT NULL,
    "user" character varying NOT NULL,
    outcome character varying NOT NULL,
    level character varying NOT NULL,
    alert character varying NOT NULL,
    decision character varying NOT NULL,
    departing boolean NOT NULL,
    guidance character varying NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.delivery (
    id character varying NOT NULL,
    channel character varying NOT NULL,
    "user" character varying NOT NULL,
    kind character varying NOT NULL,
    body text NOT NULL,
    about character varying NOT NULL,
    record character varying NOT NULL,
    urgency character varying NOT NULL,
    rank integer NOT NULL,
    promised_at character varying NOT NULL,
    due_at character varying NOT NULL,
    attempt integer NOT NULL,
    state character varying NOT NULL,
    lease character varying NOT NULL,
    settled_at character varying NOT NULL,
    code character varying NOT NULL,
    CONSTRAINT ck_delivery_state_known CHECK (((state)::text = ANY (ARRAY[('due'::character varying)::text, ('sent'::character varying)::text, ('unreachable'::character varying)::text, ('dropped'::character varying)::text])))
);
CREATE TABLE public.entry (
    seq integer NOT NULL,
    at character varying NOT NULL,
    kind character varying NOT NULL,
    record character varying NOT NULL,
    facts integer NOT NULL,
    covers character varying NOT NULL,
    body_hash character varying NOT NULL,
    key_hash character varying NOT NULL,
    hash character varying NOT NULL
);
CREATE TABLE public.fact (
    session character varying NOT NULL,
    n integer NOT NULL,
    at character varying NOT NULL,
    kind character varying NOT NULL,
    body text NOT NULL,
    CONSTRAINT ck_fact_numbered_from_one CHECK ((n >= 1))
);
CREATE TABLE public.guidance (
    hash character varying NOT NULL,
    pack character varying NOT NULL,
    files text NOT NULL,
    first_seen character varying NOT NULL
);
CREATE TABLE public.head (
    id integer NOT NULL,
    seq integer NOT NULL,
    hash character varying NOT NULL,
    CONSTRAINT ck_head_only_one CHECK ((id = 1))
);
CREATE TABLE public.message (
    about character varying NOT NULL,
    channel character varying NOT NULL,
    "user" character varying NOT NULL,
    address text NOT NULL
);
CREATE TABLE public.proposal (
    pack character varying NOT NULL,
    name character varying NOT NULL,
    guidance character varying NOT NULL,
    against character varying NOT NULL,
    reason text NOT NULL,
    author character varying NOT NULL,
    channel character varying NOT NULL,
    "user" character varying NOT NULL,
    at character varying NOT NULL,
    from_at character varying NOT NULL,
    stamp character varying NOT NULL,
    changes_safety boolean NOT NULL,
    told text NOT NULL
);
CREATE TABLE public.record_key (
    record character varying NOT NULL,
    wrapped text NOT NULL
);
CREATE TABLE public.ruling (
    pack character varying NOT NULL,
    n integer NOT NULL,
    name character varying NOT NULL,
    ruled character varying NOT NULL,
    at character varying NOT NULL,
    in_force_at character varying NOT NULL,
    person character varying NOT NULL,
    channel character varying NOT NULL,
    "user" character varying NOT NULL,
    why text NOT NULL,
    reviewed boolean NOT NULL,
    CONSTRAINT ck_ruling_numbered_from_one CHECK ((n >= 1)),
    CONSTRAINT ck_ruling_ruled_known CHECK (((ruled)::text = ANY ((ARRAY['approved'::character varying, 'sent-back'::character varying])::text[])))
);
CREATE TABLE public.seen (
    key character varying NOT NULL,
    at character varying NOT NULL
);
CREATE TABLE public.session (
    id character varying NOT NULL,
    "user" character varying NOT NULL,
    channel character varying NOT NULL,
    pack character varying NOT NULL,
    guidance character varying NOT NULL,
    started_at character varying NOT NULL,
    facts integer NOT NULL,
    state character varying NOT NULL,
    CONSTRAINT ck_session_facts_counted CHECK ((facts >= 0)),
    CONSTRAINT ck_session_state_known CHECK (((state)::text = ANY (ARRAY[('open'::character varying)::text, ('recorded'::character varying)::text, ('cancelled'::character varying)::text, ('erased'::character varying)::text])))
);
CREATE TABLE public.watch (
    session character varying NOT NULL,
    due_at character varying NOT NULL,
    stage integer NOT NULL
);
CREATE TABLE public.worker (
    id character varying NOT NULL,
    at character varying NOT NULL
);
INSERT INTO public.alembic_version VALUES ('0005');
INSERT INTO public.body VALUES (1, 's-2222222222222', '1.KIkOG9WFMF/fmHOb1Tx1Zk4CigqUrJuY44ghHFQqidomnSKWBkhlObpCOEvBbSqUqOSdSuQ8JoLELnAZZBWgOs8ICzsNlA==');
INSERT INTO public.body VALUES (2, 's-2222222222222', '1.4d8qUmT4lbPWzv2TKiPZo319fAi2uiMONx6UgOMqzikmHMyrB5JNoAY+8q2QaR+ld6RMfyUwRHl3beE/8abloMf1iTZogQ==');
INSERT INTO public.conversation VALUES ('slack', 'T1:U1', '{"channel":"D1"}');
INSERT INTO public.decision VALUES ('R-2222-2222-22', 's-2222222222222', 2, '2026-11-23T09:00:00.000000Z', 'U1', 'share', 'may', 'none', 'shared', false, 'c0ffee', '1.ZDkdNLoiur7Y5PDWZGmCoi1EuRe47yLTB1txHTuOyOgitJF6o3/YFcd0hcYVfrwdKt0W6tI=');
INSERT INTO public.decision VALUES ('R-3333-3333-33', 's-2222222222222', 3, '2026-11-23T10:00:00.000000Z', 'U1', 'share', 'may', 'today', 'shared', true, 'c0ffee', '1.mLBlq2wsVIwCrqCduuxl5SX+BwP0kmwgd18BWbBeH+HTuZo9T6kHmv9PtxwSC5PmeE0j6Q==');
INSERT INTO public.entry VALUES (1, '2026-11-23T09:00:00.000000Z', 'session:decision:taken-over', 's-2222222222222', 2, 'e51fb556b81e1064fc7184a47cdf7e53cd186f63912d094402245e9666ae9135', 'ca21e3d692a39d9ce4e556e21c6cdc8aca122da7f1350845d5b0b4a8e10edd4e', '82cd8d1e7f6c71262d3ed6e2cb19f6cd91a3813d59a6d706b4c3ffe72ef4557e', '90a978e7b05cb7d3e9783042a29cba8bc27d5e50f8c3cd1c913f2c8edf9ddf4f');
INSERT INTO public.entry VALUES (2, '2026-11-23T10:00:00.000000Z', 'session:decision:taken-over', 's-2222222222222', 3, '4178e499a37fa9e11a430cb9720db8f46e2eb004239c9a2678334db0a115836b', 'f2bb200a3523640de0e5c67b5512d33af2a76961c2d25b1e99417b229309d4d1', '82cd8d1e7f6c71262d3ed6e2cb19f6cd91a3813d59a6d706b4c3ffe72ef4557e', 'c57dac6a8b1ebd296f1d003b4c5146a813a24d4452a21b67e8d1fe192796a8e8');
INSERT INTO public.fact VALUES ('s-2222222222222', 1, '2026-11-23T09:00:00.000000Z', 'answered', '1.MxL6vWMcHlBDcNc1120ORhKRyAjxGKYhMh5EZzwYRMxPO6fm2hWQ+GOGx8ifor1utIFGJLE=');
INSERT INTO public.fact VALUES ('s-2222222222222', 2, '2026-11-23T09:00:00.000000Z', 'answered', '1.P79fj8gcg7aUVRl5MFS99wzb5Ng+02gbcPhvjf67xTnH4VPHV0HcpX+AEjBbSzW2VHKk/P6D2fYj7adlKoVf5YkuPx0PxBpdsvR4+z6y');
INSERT INTO public.fact VALUES ('s-2222222222222', 3, '2026-11-23T09:00:00.000000Z', 'answered', '1.BZc/E3qfbWIbRwwRGcsFvCGG8PfXvZtM7A0pudRx57vxfIiLspiz9fFYBBtZLCN3bfyRnLOo');
INSERT INTO public.fact VALUES ('s-3333333333333', 1, '2026-11-23T09:00:00.000000Z', 'answered', '1.DSJTUgT5klv/GPUTTK1rkWk+Op1XmXS8OzrPQtleaRJur926yjqTtQfEhysej2jVzdwCAhg=');
INSERT INTO public.guidance VALUES ('c0ffee', 'derby', '{"pack.yaml":"id: derby\n","source.txt":"\u201cFrazer\u201d \u2013 consent\n"}', '2026-11-23T09:00:00.000000Z');
INSERT INTO public.head VALUES (1, 2, 'c57dac6a8b1ebd296f1d003b4c5146a813a24d4452a21b67e8d1fe192796a8e8');
INSERT INTO public.message VALUES ('s-2222222222222', 'slack', 'U1', '{"ts":"1"}');
INSERT INTO public.record_key VALUES ('s-2222222222222', 'gAAAAABrCCqmRVSv__yraY3cH-P804JgXG5xCDVj1PGGiuQrzQOi7Do-AeYzqGtGULidsp5E4ak_jNX_WBDmwUfK47LmDEouyCtofPPgOfaWTTvMhoPBL3RHOP-24h3cDaVieFr-4vjT');
INSERT INTO public.record_key VALUES ('s-3333333333333', 'gAAAAABrCCqmYZBJsh8I6FZD9nnHIgf8FtY3deCoPSY3Ua1oDTX_FSXcENJgVyB8_khDYjDEu21zid7R4AfukdaQ1lN2yXF7jcVrt9bs8_Jm7sbt7Q_sk9dhhd8vSm34hiDtF22X83kg');
INSERT INTO public.seen VALUES ('slack:Ev1', '2026-11-23T09:00:00.000000Z');
INSERT INTO public.session VALUES ('s-2222222222222', 'U1', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 3, 'recorded');
INSERT INTO public.session VALUES ('s-3333333333333', 'U2', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 1, 'open');
INSERT INTO public.session VALUES ('s-4444444444444', 'U3', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 0, 'open');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.alert
    ADD CONSTRAINT pk_alert PRIMARY KEY (id);
ALTER TABLE ONLY public.alert_event
    ADD CONSTRAINT pk_alert_event PRIMARY KEY (alert, n);
ALTER TABLE ONLY public.body
    ADD CONSTRAINT pk_body PRIMARY KEY (seq);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT pk_conversation PRIMARY KEY (channel, "user");
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT pk_decision PRIMARY KEY (reference);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT pk_delivery PRIMARY KEY (id);
ALTER TABLE ONLY public.entry
    ADD CONSTRAINT pk_entry PRIMARY KEY (seq);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT pk_fact PRIMARY KEY (session, n);
ALTER TABLE ONLY public.guidance
    ADD CONSTRAINT pk_guidance PRIMARY KEY (hash);
ALTER TABLE ONLY public.head
    ADD CONSTRAINT pk_head PRIMARY KEY (id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT pk_message PRIMARY KEY (about, channel, "user");
ALTER TABLE ONLY public.proposal
    ADD CONSTRAINT pk_proposal PRIMARY KEY (pack, name);
ALTER TABLE ONLY public.record_key
    ADD CONSTRAINT pk_record_key PRIMARY KEY (record);
ALTER TABLE ONLY public.ruling
    ADD CONSTRAINT pk_ruling PRIMARY KEY (pack, n);
ALTER TABLE ONLY public.seen
    ADD CONSTRAINT pk_seen PRIMARY KEY (key);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT pk_session PRIMARY KEY (id);
ALTER TABLE ONLY public.watch
    ADD CONSTRAINT pk_watch PRIMARY KEY (session);
ALTER TABLE ONLY public.worker
    ADD CONSTRAINT pk_worker PRIMARY KEY (id);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT uq_decision_session_n UNIQUE (session, n);
ALTER TABLE ONLY public.ruling
    ADD CONSTRAINT uq_ruling_pack_name UNIQUE (pack, name);
CREATE INDEX ix_alert_session ON public.alert USING btree (session);
CREATE INDEX ix_alert_state_rank_due_at ON public.alert USING btree (state, rank, due_at);
CREATE INDEX ix_body_record ON public.body USING btree (record);
CREATE INDEX ix_decision_at ON public.decision USING btree (at);
CREATE INDEX ix_decision_user_at ON public.decision USING btree ("user", at);
CREATE INDEX ix_delivery_about ON public.delivery USING btree (about);
CREATE INDEX ix_delivery_channel_user ON public.delivery USING btree (channel, "user");
CREATE INDEX ix_delivery_state_rank_due_at ON public.delivery USING btree (state, rank, due_at);
CREATE INDEX ix_entry_record ON public.entry USING btree (record);
CREATE INDEX ix_proposal_pack_at ON public.proposal USING btree (pack, at);
CREATE INDEX ix_seen_at ON public.seen USING btree (at);
CREATE INDEX ix_session_user_started_at ON public.session USING btree ("user", started_at);
CREATE INDEX ix_watch_due_at ON public.watch USING btree (due_at);
CREATE TRIGGER alert_event_refuses_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.alert_event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER body_refuses_changes BEFORE UPDATE OR TRUNCATE ON public.body FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER body_refuses_unless_erased BEFORE DELETE ON public.body FOR EACH ROW EXECUTE FUNCTION public.refuse_unless_erased('record');
CREATE TRIGGER decision_refuses_changes BEFORE DELETE OR TRUNCATE ON public.decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER decision_refuses_unless_erased BEFORE UPDATE ON public.decision FOR EACH ROW EXECUTE FUNCTION public.refuse_unless_erased('session');
CREATE TRIGGER entry_refuses_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER fact_refuses_changes BEFORE DELETE OR TRUNCATE ON public.fact FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER fact_refuses_unless_erased BEFORE UPDATE ON public.fact FOR EACH ROW EXECUTE FUNCTION public.refuse_unless_erased('session');
CREATE TRIGGER guidance_refuses_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.guidance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER head_moves_on BEFORE UPDATE ON public.head FOR EACH ROW EXECUTE FUNCTION public.refuse_other_head();
CREATE TRIGGER head_refuses_changes BEFORE DELETE OR TRUNCATE ON public.head FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER proposal_refuses_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.proposal FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER record_key_refuses_changes BEFORE UPDATE OF record OR TRUNCATE ON public.record_key FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER record_key_refuses_unless_erased BEFORE DELETE ON public.record_key FOR EACH ROW EXECUTE FUNCTION public.refuse_unless_erased('record');
CREATE TRIGGER ruling_refuses_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ruling FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
ALTER TABLE ONLY public.alert_event
    ADD CONSTRAINT fk_alert_event_alert_alert FOREIGN KEY (alert) REFERENCES public.alert(id);
ALTER TABLE ONLY public.body
    ADD CONSTRAINT fk_body_seq_entry FOREIGN KEY (seq) REFERENCES public.entry(seq);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT fk_decision_guidance_guidance FOREIGN KEY (guidance) REFERENCES public.guidance(hash);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT fk_decision_session_n_fact FOREIGN KEY (session, n) REFERENCES public.fact(session, n);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fk_fact_session_session FOREIGN KEY (session) REFERENCES public.session(id);
ALTER TABLE ONLY public.proposal
    ADD CONSTRAINT fk_proposal_guidance_guidance FOREIGN KEY (guidance) REFERENCES public.guidance(hash);
ALTER TABLE ONLY public.ruling
    ADD CONSTRAINT fk_ruling_pack_name_proposal FOREIGN KEY (pack, name) REFERENCES public.proposal(pack, name);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT fk_session_guidance_guidance FOREIGN KEY (guidance) REFERENCES public.guidance(hash);
ALTER TABLE ONLY public.watch
    ADD CONSTRAINT fk_watch_session_session FOREIGN KEY (session) REFERENCES public.session(id);
