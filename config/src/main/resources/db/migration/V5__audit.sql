-- Who changed what.

create table audit (
    id         uuid primary key default time_id(),
    tenant     text,                                -- whose things were changed; null: nobody's in particular
    at         timestamptz not null default clock_timestamp(),
    actor      text        not null,                -- the id of the API key, or 'hub'
    actor_name text,                                -- what the key was called then
    admin      boolean     not null,                -- an operator, or the hub itself
    act        text        not null,                -- webhook.created, key.revoked, ...
    subject    text,                                -- what was changed: an id, or a name
    details    jsonb       not null,                -- without secrets
    node       text        not null
);
create index audit_tenant on audit (tenant, id desc);

-- Acts are streamed as events are, to a topic of their own.
alter table outbox
    alter column tenant drop not null,
    alter column job drop not null,
    add column subject text,                        -- what a CloudEvent is about, where that is no job
    drop constraint outbox_target_check,
    add constraint outbox_target_check check (target in ('stream', 'audit', 'rabbitmq', 'kafka'));
