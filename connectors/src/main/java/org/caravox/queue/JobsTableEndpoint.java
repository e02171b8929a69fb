package org.caravox.queue;

import javax.sql.DataSource;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import org.caravox.jobs.LeasedWork;

/** One table of leased work. */
public final class JobsTableEndpoint extends DefaultEndpoint {

    private final String name;
    private final LeasedWork work;
    private final DataSource database;
    private int workers = 1;

    JobsTableEndpoint(String uri, JobsTableComponent component, String name, LeasedWork work, DataSource database) {
        super(uri, component);
        this.name = name;
        this.work = work;
        this.database = database;
    }

    @Override
    public Producer createProducer() {
        return new JobsTableProducer(this, database, work.channel());
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        int size = workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
        JobsTableConsumer consumer = new JobsTableConsumer(this, processor, name, work, database, size);
        configureConsumer(consumer);
        return consumer;
    }

    public int getWorkers() {
        return workers;
    }

    /** How many rows are worked on at a time; 0 is one a core. */
    public void setWorkers(int workers) {
        if (workers < 0) {
            throw new IllegalArgumentException("jobs-table: workers must be 0 or more, was " + workers);
        }
        this.workers = workers;
    }
}
