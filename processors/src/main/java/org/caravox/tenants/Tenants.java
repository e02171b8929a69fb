package org.caravox.tenants;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tenants and their API keys. Keys are 256 bits of chance and stored as SHA-256: no salt could add to that. */
public final class Tenants {

    /**
     * A tenant.
     *
     * @param id        its name: lower-case letters, digits and dashes
     * @param createdAt when it was made
     */
    public record Tenant(String id, Instant createdAt) {}

    private static final Logger log = LoggerFactory.getLogger(Tenants.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final int SECRET_BYTES = 32;
    private static final Duration KEYS_KNOWN_FOR = Duration.ofSeconds(2);
    private static final int MOST_KEYS_KNOWN = 10_000;

    private final Jdbi database;
    private final Clock clock;
    private final Cache<ByteBuffer, Caller> callers = Caffeine.newBuilder()
            .expireAfterWrite(KEYS_KNOWN_FOR)
            .maximumSize(MOST_KEYS_KNOWN)
            .build();
    private final SecureRandom chance = new SecureRandom();

    public Tenants(Jdbi database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Whose key it is, if it is anybody's. One that was revoked is known no more at once on the hub that revoked it, and
     * after {@link #KEYS_KNOWN_FOR} on others.
     */
    public Optional<Caller> caller(String key) {
        ByteBuffer hash = ByteBuffer.wrap(hash(key));
        Caller known = callers.getIfPresent(hash);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Caller> found = find(hash.array());
        found.ifPresent(caller -> callers.put(hash, caller));
        return found;
    }

    private Optional<Caller> find(byte[] hash) {
        return database.withHandle(handle -> handle.createQuery(
                        "select id, tenant, role from api_keys where hash = :hash and revoked_at is null")
                .bind("hash", hash)
                .map((row, context) -> {
                    Optional<String> tenant = Optional.ofNullable(row.getString("tenant"));
                    return new Caller(
                            tenant, role(tenant.isPresent(), row.getString("role")), row.getObject("id", UUID.class));
                })
                .findOne());
    }

    private static Role role(boolean tenants, @Nullable String stored) {
        return tenants ? Role.TENANT : Role.of(stored).orElse(Role.ADMIN);
    }

    /** Those of some keys, by their ids, that are valid still. */
    public Set<UUID> valid(Collection<UUID> keyIds) {
        return database.withHandle(
                handle -> handle.createQuery("select id from api_keys where id in (<ids>) and revoked_at is null")
                        .bindList("ids", List.copyOf(keyIds))
                        .mapTo(UUID.class)
                        .set());
    }

    public List<Tenant> list() {
        return database.withHandle(handle -> handle.createQuery("select id, created_at from tenants order by id")
                .map((row, context) -> new Tenant(
                        row.getString("id"), row.getTimestamp("created_at").toInstant()))
                .list());
    }

    /**
     * Makes a tenant.
     *
     * @throws Refusal INVALID when it cannot be named so, CONFLICT when there is one
     */
    public Tenant create(String id) {
        if (!NAME.matcher(id).matches()) {
            throw Refusal.invalid(
                    "tenant \"" + id + "\" cannot be a name: use up to 63 lower-case letters, digits and dashes");
        }
        if (!createIfMissing(id)) {
            throw new Refusal(Refusal.Reason.CONFLICT, "tenant " + id + " exists already");
        }
        log.info("tenant.created tenant={}", id);
        return list().stream()
                .filter(tenant -> tenant.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Says whether it was missing. */
    boolean createIfMissing(String id) {
        return database.withHandle(handle ->
                handle.createUpdate("insert into tenants (id, webhook_secret, created_at) values (:id, :secret, :now)"
                                        + " on conflict do nothing")
                                .bind("id", id)
                                .bind("secret", "whsec_" + Base64.getEncoder().encodeToString(random()))
                                .bind("now", clock.instant())
                                .execute()
                        == 1);
    }

    /** The secret with which a tenant's webhooks are signed. */
    public String webhookSecret(String tenant) {
        return database.withHandle(handle -> handle.createQuery("select webhook_secret from tenants where id = :id")
                .bind("id", tenant)
                .mapTo(String.class)
                .one());
    }

    /** The same for whoever says to be a tenant; empty when there is none of that name. */
    public Optional<String> secretOf(String claimed) {
        return database.withHandle(handle -> handle.createQuery("select webhook_secret from tenants where id = :id")
                .bind("id", claimed)
                .mapTo(String.class)
                .findOne());
    }

    /** A tenant's keys, or with null the operators' and everybody's. */
    public List<ApiKey> keys(@Nullable String tenant) {
        String where = tenant == null ? "" : " where tenant = :tenant";
        return database.withHandle(
                handle -> handle.createQuery("select id, tenant, role, name, hint, created_at, revoked_at from api_keys"
                                + where + " order by id")
                        .bindMap(tenant == null ? java.util.Map.of() : java.util.Map.of("tenant", tenant))
                        .map((row, context) -> key(row))
                        .list());
    }

    /**
     * Makes a tenant's key.
     *
     * @return it, with the key itself: it cannot be had again
     * @throws Refusal NOT_FOUND when there is no such tenant
     */
    public ApiKey createKey(String tenant, String name) {
        return addKey(tenant, Role.TENANT, name, newKey());
    }

    /**
     * Makes an operator's key.
     *
     * @param role what it may do; not {@link Role#TENANT}
     * @return it, with the key itself: it cannot be had again
     */
    public ApiKey createKey(Role role, String name) {
        return addKey(null, role, name, newKey());
    }

    private String newKey() {
        return "cvx_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random());
    }

    private ApiKey addKey(@Nullable String tenant, Role role, String name, String key) {
        ApiKey made = new ApiKey(RequestIds.next(), tenant, shown(role), name, hint(key), key, clock.instant(), null);
        database.useTransaction(handle -> {
            checkTenant(handle, tenant);
            handle.createUpdate(
                            """
                            insert into api_keys (id, tenant, role, name, hint, hash, created_at)
                            values (:id, :tenant, :role, :name, :hint, :hash, :now)
                            on conflict (hash) do update
                            set revoked_at = null, tenant = excluded.tenant, role = excluded.role""")
                    .bind("id", made.id())
                    .bind("tenant", tenant)
                    .bind("role", role == Role.TENANT || role == Role.ADMIN ? null : role.word())
                    .bind("name", name)
                    .bind("hint", made.hint())
                    .bind("hash", hash(key))
                    .bind("now", made.createdAt())
                    .execute();
        });
        log.info("key.created key={} tenant={} name=\"{}\"", made.id(), tenant, name);
        return made;
    }

    /** A tenant's key has no role that is worth telling. */
    private static @Nullable Role shown(Role role) {
        return role == Role.TENANT ? null : role;
    }

    private static void checkTenant(Handle handle, @Nullable String tenant) {
        if (tenant == null) {
            return;
        }
        boolean known = handle.createQuery("select 1 from tenants where id = :id")
                .bind("id", tenant)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
        if (!known) {
            throw Refusal.notFound("tenant " + tenant + " not found: create it with ./hub tenants create " + tenant);
        }
    }

    private static String hint(String key) {
        return key.length() < 16 ? "" : key.substring(key.length() - 4);
    }

    /**
     * Ends a key at once.
     *
     * @throws Refusal NOT_FOUND when there is no such key
     */
    public ApiKey revoke(UUID id) {
        return database.inTransaction(handle -> {
            handle.afterCommit(callers::invalidateAll);
            return handle.createQuery(
                            """
                            update api_keys set revoked_at = coalesce(revoked_at, :now) where id = :id
                            returning id, tenant, role, name, hint, created_at, revoked_at""")
                    .bind("now", clock.instant())
                    .bind("id", id)
                    .map((row, context) -> key(row))
                    .findOne()
                    .orElseThrow(() -> Refusal.notFound("key " + id + " not found"));
        });
    }

    /**
     * Makes sure that a key of a given name exists and, when the key itself is given, that it is this one.
     *
     * @param tenant made when missing; null for an operator's key
     * @param wanted the key that it is to be; null leaves it to chance
     * @return the key itself when it is new
     */
    public Optional<String> ensureKey(@Nullable String tenant, String name, @Nullable String wanted) {
        if (tenant != null) {
            createIfMissing(tenant);
        }
        Role role = tenant == null ? Role.ADMIN : Role.TENANT;
        if (wanted != null) {
            revokeOthers(tenant, name, wanted);
            boolean known = caller(wanted)
                    .filter(caller -> caller.tenant().equals(Optional.ofNullable(tenant)) && caller.role() == role)
                    .isPresent();
            return known
                    ? Optional.empty()
                    : Optional.ofNullable(addKey(tenant, role, name, wanted).key());
        }
        boolean exists = database.withHandle(handle -> handle.createQuery(
                        "select 1 from api_keys where tenant is not distinct from :tenant and name = :name"
                                + (tenant == null ? " and role is null and revoked_at is null" : ""))
                .bind("tenant", tenant)
                .bind("name", name)
                .mapTo(Integer.class)
                .findFirst()
                .isPresent());
        return exists
                ? Optional.empty()
                : Optional.ofNullable(addKey(tenant, role, name, newKey()).key());
    }

    private void revokeOthers(@Nullable String tenant, String name, String wanted) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        update api_keys set revoked_at = :now
                        where tenant is not distinct from :tenant and name = :name and hash <> :hash and revoked_at is null
                          and role is null""")
                .bind("now", clock.instant())
                .bind("tenant", tenant)
                .bind("name", name)
                .bind("hash", hash(wanted))
                .execute());
        callers.invalidateAll();
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        Timestamp revoked = row.getTimestamp("revoked_at");
        return new ApiKey(
                row.getObject("id", UUID.class),
                row.getString("tenant"),
                shown(role(row.getString("tenant") != null, row.getString("role"))),
                row.getString("name"),
                row.getString("hint"),
                null,
                row.getTimestamp("created_at").toInstant(),
                revoked == null ? null : revoked.toInstant());
    }

    private byte[] random() {
        byte[] bytes = new byte[SECRET_BYTES];
        chance.nextBytes(bytes);
        return bytes;
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
