package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.caravox.config.CaravoxSettings.DatabaseEntry;
import org.caravox.config.CaravoxSettings.Tenant;
import org.caravox.dialogue.DialogueSteps;
import org.caravox.door.KameletPages;
import org.caravox.masking.Masking;
import org.caravox.outbound.AddressGuard;
import org.caravox.outbound.GuardedClient;
import org.caravox.posts.ChatSteps;
import org.caravox.posts.HttpSteps;
import org.caravox.posts.Posts;
import org.caravox.routes.HubRoutes;
import org.caravox.speech.SpeechSteps;
import org.caravox.tables.SqlLookups;
import org.caravox.tenants.TenantValues;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the Kamelets of {@code routes/kamelets} are made of, and their catalogue. */
@Configuration(proxyBeanMethods = false)
class KameletsConfiguration {

    @Bean
    KameletPages kameletPages(ObjectProvider<HubRoutes> routes, ObjectMapper json) {
        return new KameletPages(() -> routes.getObject().files(), json);
    }

    @Bean
    Masking masking(ObjectMapper json) {
        return new Masking(json);
    }

    @Bean
    DialogueSteps dialogueSteps(ObjectMapper json, Clock clock) {
        return new DialogueSteps(json, clock);
    }

    @Bean
    SpeechSteps speechSteps() {
        return new SpeechSteps();
    }

    @Bean
    TenantValues tenantValues(CaravoxSettings settings) {
        return values(settings);
    }

    static TenantValues values(CaravoxSettings settings) {
        return new TenantValues(settings.values(), tenant -> {
            Tenant own = settings.tenants().get(tenant);
            return own == null || own.values() == null ? Map.of() : own.values();
        });
    }

    @Bean
    Posts posts(GuardedClient fetchClient, AddressGuard addressGuard, NamedSecrets secrets, Clock clock) {
        return new Posts(fetchClient, addressGuard, secrets::secret, clock);
    }

    @Bean
    HttpSteps httpSteps(Posts posts, ObjectMapper json) {
        return new HttpSteps(posts, json);
    }

    @Bean
    ChatSteps chatSteps(Posts posts, ObjectMapper json) {
        return new ChatSteps(posts, json);
    }

    /** Connections to the databases of {@code caravox.databases}; none is made before the first query. */
    record Databases(Map<String, SqlLookups.Database> byName) implements AutoCloseable {

        @Override
        public void close() {
            byName.values().forEach(database -> close(database.connections()));
        }

        private static void close(DataSource connections) {
            if (connections instanceof HikariDataSource pool) {
                pool.close();
            }
        }
    }

    @Bean(destroyMethod = "close")
    Databases databases(CaravoxSettings settings, NamedSecrets secrets) {
        Map<String, SqlLookups.Database> all = new HashMap<>();
        settings.databases()
                .forEach((name, entry) ->
                        all.put(name, new SqlLookups.Database(pool(name, entry, secrets::secret), entry.within())));
        return new Databases(all);
    }

    static HikariDataSource pool(String name, DatabaseEntry entry, Function<String, Optional<String>> secrets) {
        HikariDataSource pool = new SignedIn(entry.secret(), secrets);
        pool.setPoolName("database-" + name);
        pool.setJdbcUrl(entry.url());
        pool.setUsername(entry.username());
        pool.setMaximumPoolSize(entry.connections());
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(Math.max(250, entry.within().toMillis()));
        pool.setInitializationFailTimeout(-1);
        pool.setReadOnly(true);
        pool.addDataSourceProperty("readOnlyMode", "always"); // also of statements outside of a transaction
        pool.addDataSourceProperty("logServerErrorDetail", "false");
        return pool;
    }

    /** A pool whose password is a secret, which is looked up when the first connection is made. */
    private static final class SignedIn extends HikariDataSource {
        private final String secret;
        private final Function<String, Optional<String>> secrets;

        SignedIn(String secret, Function<String, Optional<String>> secrets) {
            this.secret = secret;
            this.secrets = secrets;
        }

        @Override
        public java.sql.Connection getConnection() throws java.sql.SQLException {
            if (!isRunning() && !secret.isEmpty()) {
                setPassword(secrets.apply(secret).orElse(""));
            }
            return super.getConnection();
        }
    }

    @Bean
    SqlLookups sqlLookups(Databases databases) {
        return new SqlLookups(databases.byName());
    }
}
