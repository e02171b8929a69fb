-- Live streams that a hub left when it stopped: another one goes on with them, or they are stored.
create table live_handovers (
    session_id   uuid primary key,
    tenant       text        not null references tenants (id),
    content      json        not null,               -- words, unsettled audio, what the client was told of late
    expires_at   timestamptz not null,               -- until when its client may resume it
    leased_until timestamptz                         -- who stores what nobody resumed does it until then
);
create index live_handovers_expired on live_handovers (expires_at);
