package org.caravox.config;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One SQL: PostgreSQL, embedded unless {@code spring.datasource.url} names another. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DataSourceProperties.class)
class DatabaseConfiguration {

    private static final String NO_OTHER_DATABASE = "'${spring.datasource.url:}'.isEmpty()";

    @Bean(destroyMethod = "close")
    @ConditionalOnExpression(NO_OTHER_DATABASE)
    EmbeddedDatabase embeddedDatabase(CaravoxSettings settings) throws IOException {
        return EmbeddedDatabase.start(settings.data(), settings.cache());
    }

    @Bean("dataSource")
    @ConfigurationProperties("spring.datasource.hikari")
    @ConditionalOnExpression(NO_OTHER_DATABASE)
    HikariDataSource embeddedDataSource(EmbeddedDatabase database) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(database.url());
        return pool;
    }

    @Bean
    @DependsOnDatabaseInitialization
    Jdbi jdbi(DataSource dataSource) {
        Jdbi jdbi = Jdbi.create(dataSource);
        // What callers sent, addresses with their secrets among it, is not for the log.
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        return jdbi;
    }
}
