CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
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
    CONSTRAINT ck_session_state_known CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'recorded'::character varying, 'cancelled'::character varying])::text[])))
);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.decision VALUES ('R-2222-2222-22', 's-2222222222222', 2, '2026-11-23T09:00:00.000000Z', 'U1', 'share', 'may', 'none', 'shared', false, 'c0ffee', '{"why":"kept-9f3a three"}');
INSERT INTO public.decision VALUES ('R-3333-3333-33', 's-2222222222222', 3, '2026-11-23T10:00:00.000000Z', 'U1', 'share', 'may', 'today', 'shared', true, 'c0ffee', '{"why":"kept-9f3a five"}');
INSERT INTO public.fact VALUES ('s-2222222222222', 1, '2026-11-23T09:00:00.000000Z', 'answered', '{"words":"kept-9f3a one"}');
INSERT INTO public.fact VALUES ('s-2222222222222', 2, '2026-11-23T09:00:00.000000Z', 'answered', '{"words":"kept-9f3a \u201ctwo\u201d \ud83d\udc67"}');
INSERT INTO public.fact VALUES ('s-2222222222222', 3, '2026-11-23T09:00:00.000000Z', 'answered', '{"words":"kept-9f3a four"}');
INSERT INTO public.fact VALUES ('s-3333333333333', 1, '2026-11-23T09:00:00.000000Z', 'answered', '{"words":"kept-9f3a six"}');
INSERT INTO public.guidance VALUES ('c0ffee', 'derby', '{"pack.yaml":"id: derby\n","source.txt":"\u201cFrazer\u201d \u2013 consent\n"}', '2026-11-23T09:00:00.000000Z');
INSERT INTO public.session VALUES ('s-2222222222222', 'U1', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 3, 'recorded');
INSERT INTO public.session VALUES ('s-3333333333333', 'U2', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 1, 'open');
INSERT INTO public.session VALUES ('s-4444444444444', 'U3', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 0, 'open');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT pk_decision PRIMARY KEY (reference);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT pk_fact PRIMARY KEY (session, n);
ALTER TABLE ONLY public.guidance
    ADD CONSTRAINT pk_guidance PRIMARY KEY (hash);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT pk_session PRIMARY KEY (id);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT uq_decision_session_n UNIQUE (session, n);
CREATE INDEX ix_decision_at ON public.decision USING btree (at);
CREATE INDEX ix_decision_user_at ON public.decision USING btree ("user", at);
CREATE INDEX ix_session_user_started_at ON public.session USING btree ("user", started_at);
CREATE TRIGGER decision_refuses_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.decision FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER fact_refuses_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.fact FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER guidance_refuses_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.guidance FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT fk_decision_guidance_guidance FOREIGN KEY (guidance) REFERENCES public.guidance(hash);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT fk_decision_session_n_fact FOREIGN KEY (session, n) REFERENCES public.fact(session, n);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fk_fact_session_session FOREIGN KEY (session) REFERENCES public.session(id);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT fk_session_guidance_guidance FOREIGN KEY (guidance) REFERENCES public.guidance(hash);
