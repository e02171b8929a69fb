package org.caravox.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Announces that there is work. The row is there already, so an announcement that fails only costs a poll. */
final class JobsTableProducer extends DefaultProducer {

    private static final Logger log = LoggerFactory.getLogger(JobsTableProducer.class);

    private final DataSource database;
    private final String channel;

    JobsTableProducer(JobsTableEndpoint endpoint, DataSource database, String channel) {
        super(endpoint);
        this.database = database;
        this.channel = channel;
    }

    @Override
    public void process(Exchange exchange) {
        try (Connection connection = database.getConnection();
                PreparedStatement notify = connection.prepareStatement("select pg_notify(?, '')")) {
            notify.setString(1, channel);
            notify.execute();
        } catch (SQLException e) {
            log.warn("queue.announce.failed channel={} reason=\"{}\"", channel, e.getMessage());
        }
    }
}
