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
CREATE TABLE public.record_key (
    record character varying NOT NULL,
    wrapped text NOT NULL
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
    CONSTRAINT ck_session_state_known CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'recorded'::character varying, 'cancelled'::character varying, 'erased'::character varying])::text[])))
);
INSERT INTO public.alembic_version VALUES ('0003');
INSERT INTO public.body VALUES (1, 's-2222222222222', '1.PUEoN79pBXYIAiFFLgH5IlgDNIw9lv1xliStp2P68oM4xAWCRBa7yncqarUKhfa6dHew2bDrOMgdoRJ624/Uer0aECTirg==');
INSERT INTO public.body VALUES (2, 's-2222222222222', '1.KwjxI0/7I7BQG2Yb+WqoXRdOKHtOp0s0FbEhy19QutgbCMitlacuksxg5Kr4GOmxhjBy9NC86vxzQP3RFEE69w/tngv8rw==');
INSERT INTO public.body VALUES (3, 'erasures', '1.36TRB1yl7A4LlOo/lGHXDpEM4UMgZ2W4eEMhqin/p7p53timE0jGXM9lFUNi1zPivEkN4NewmxoJeem5uDjE2SYW+nlfttqZrX8HOUG09A==');
INSERT INTO public.conversation VALUES ('slack', 'T1:U1', '{"channel":"D1"}');
INSERT INTO public.decision VALUES ('R-2222-2222-22', 's-2222222222222', 2, '2026-11-23T09:00:00.000000Z', 'U1', 'share', 'may', 'none', 'shared', false, 'c0ffee', '1.xLZmw8xKgqL/SsbXHLtewwxIw8xHIcM34cOpdx6NzT6LPMbCAmpdr4JdbVBxthQWF5maBZ4=');
INSERT INTO public.decision VALUES ('R-3333-3333-33', 's-2222222222222', 3, '2026-11-23T10:00:00.000000Z', 'U1', 'share', 'may', 'today', 'shared', true, 'c0ffee', '1.I1Fed7KZVf5tVghl+neGmbXIvBbSvZzLyge/792neBVoAlxYeMGuGEDvcHDEew2eAVtORA==');
INSERT INTO public.entry VALUES (1, '2026-11-23T09:00:00.000000Z', 'session:decision:recorded', 's-2222222222222', 2, '5a65e18045a7c571754939debd13720360876ee2d0be5958ef45f66df7fd9b04', '2ee5528c32434eb0695d62c3c78b92092d7a3af89eb3a607a9c74e435a16b1e7', '6dc911f09ca92b739f805271e65e0d7e81b228f34050827b48dbdc17fab420a2', 'a75b428fe7029d88794f0dcb3c26916561291503bd8e58daf0f68667e47d29c9');
INSERT INTO public.entry VALUES (2, '2026-11-23T10:00:00.000000Z', 'session:decision:recorded', 's-2222222222222', 3, 'b4764a68af0058f915ae778e888529e9cf7769f92b1bacb2b323ae1a5ac1cead', '8b415b5744810e6a36259d3881d38d6297493916f01c70bdeed4d793731703e3', '6dc911f09ca92b739f805271e65e0d7e81b228f34050827b48dbdc17fab420a2', '23716b538dd232e2f0e88405aec3b466d323fc3e008816da308d4742a77154ca');
INSERT INTO public.entry VALUES (3, '2026-11-23T09:00:00.000000Z', 'record:body:erased', 's-5555555555555', 0, '', 'e7e03dc82bdcc2c45ce43a197636c2e79d3b3c4c409a141507c5bb1e16c5b672', 'd2d56aa26c366c1ce0e35b78e1df7a4fcda3b02c36db14903f5271dd168acc5d', '4b0696ce9e17fecebd090f80810db7beba6c41a14d6832962071b1d4bcf777b0');
INSERT INTO public.fact VALUES ('s-2222222222222', 1, '2026-11-23T09:00:00.000000Z', 'answered', '1.6VsoNTVVs3YgS6Nl9GDEB93wh5T/cpLgCbFgmPBvtBJyNCj1zOk0hBepNiTwLInYm8ZFaXc=');
INSERT INTO public.fact VALUES ('s-2222222222222', 2, '2026-11-23T09:00:00.000000Z', 'answered', '1.DK3r7M2jnnR9iXcpS6xqHX7VVX+PhpyiOIFvh/pWvzQkRVOShvhKJ47L42ABgb0afC0j7yru6krmahn8kKmV3TrjJEz6WcH4D9F7c/xI');
INSERT INTO public.fact VALUES ('s-2222222222222', 3, '2026-11-23T09:00:00.000000Z', 'answered', '1.iLfJGwtAX2KeCEUzeLsRy/vxKgFVOuAwuL5WRt8UAqgLcsfd3RgejwVIgYWsdrKS9uTi7eJ2');
INSERT INTO public.fact VALUES ('s-3333333333333', 1, '2026-11-23T09:00:00.000000Z', 'answered', '1.QIzRfC/W0nhInEC5cW5olaa7x//cZdLzXeJiNFXzXHmk9khn1TUcI/D9QxlQQG7tmFaGfaQ=');
INSERT INTO public.fact VALUES ('s-5555555555555', 1, '2026-11-23T09:00:00.000000Z', 'answered', '');
INSERT INTO public.guidance VALUES ('c0ffee', 'derby', '{"pack.yaml":"id: derby\n","source.txt":"\u201cFrazer\u201d \u2013 consent\n"}', '2026-11-23T09:00:00.000000Z');
INSERT INTO public.head VALUES (1, 3, '4b0696ce9e17fecebd090f80810db7beba6c41a14d6832962071b1d4bcf777b0');
INSERT INTO public.message VALUES ('s-2222222222222', 'slack', 'U1', '{"ts":"1"}');
INSERT INTO public.record_key VALUES ('s-2222222222222', 'gAAAAABrCC3SluPb6CO5O3nRc2qMjcEi3woANwdn1H1NAjdqSeeFEzOFzxZ0snUqiPEHwsZunquqjvbes8PQspH811SKgE51h9Z13mRn3OKMA3_Qq0-Jx5TmHBiG0MzAANBAj3z-Kgmy');
INSERT INTO public.record_key VALUES ('s-3333333333333', 'gAAAAABrCC3SCke7eIm0qpF8VFEkQ6WulGAlSrzPs4cnuoSdrhJ6qc3wrWvtgGiNKKX4GSzJ53M-FF5qBJ7Ua7KwEL8jo20kW0qVSOSlAExVpqovIyxLJpazym7QYQJ7C06Ik5FCBfS-');
INSERT INTO public.record_key VALUES ('erasures', 'gAAAAABrCC3SpYZGjlmQ2XoHT2F7hD9BTL0ihEA_CGqNB8uHQI8QnTDxint-kNtH2mv6X_wsDkTrhFOQKW1GhFeDG-az5iE-NdqtoluuZMwYmmXr_xiDN4Z1fZ0ijSwcyQ7mTvX0NXLL');
INSERT INTO public.seen VALUES ('slack:Ev1', '2026-11-23T09:00:00.000000Z');
INSERT INTO public.session VALUES ('s-2222222222222', 'U1', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 3, 'recorded');
INSERT INTO public.session VALUES ('s-3333333333333', 'U2', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 1, 'open');
INSERT INTO public.session VALUES ('s-4444444444444', 'U3', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 0, 'open');
INSERT INTO public.session VALUES ('s-5555555555555', 'U4', 'terminal', 'derby', 'c0ffee', '2026-11-23T09:00:00.000000Z', 1, 'erased');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.body
    ADD CONSTRAINT pk_body PRIMARY KEY (seq);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT pk_conversation PRIMARY KEY (channel, "user");
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT pk_decision PRIMARY KEY (reference);
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
ALTER TABLE ONLY public.record_key
    ADD CONSTRAINT pk_record_key PRIMARY KEY (record);
ALTER TABLE ONLY public.seen
    ADD CONSTRAINT pk_seen PRIMARY KEY (key);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT pk_session PRIMARY KEY (id);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT uq_decision_session_n UNIQUE (session, n);
CREATE INDEX ix_body_record ON public.body USING btree (record);
CREATE INDEX ix_decision_at ON public.decision USING btree (at);
CREATE INDEX ix_decision_user_at ON public.decision USING btree ("user", at);
CREATE INDEX ix_entry_record ON public.entry USING btree (record);
CREATE INDEX ix_seen_at ON public.seen USING btree (at);
CREATE INDEX ix_session_user_started_at ON public.session USING btree ("user", started_at);
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
CREATE TRIGGER record_key_refuses_changes BEFORE UPDATE OF record OR TRUNCATE ON public.record_key FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER record_key_refuses_unless_erased BEFORE DELETE ON public.record_key FOR EACH ROW EXECUTE FUNCTION public.refuse_unless_erased('record');
ALTER TABLE ONLY public.body
    ADD CONSTRAINT fk_body_seq_entry FOREIGN KEY (seq) REFERENCES public.entry(seq);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT fk_decision_guidance_guidance FOREIGN KEY (guidance) REFERENCES public.guidance(hash);
ALTER TABLE ONLY public.decision
    ADD CONSTRAINT fk_decision_session_n_fact FOREIGN KEY (session, n) REFERENCES public.fact(session, n);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fk_fact_session_session FOREIGN KEY (session) REFERENCES public.session(id);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT fk_session_guidance_guidance FOREIGN KEY (guidance) REFERENCES public.guidance(hash);
