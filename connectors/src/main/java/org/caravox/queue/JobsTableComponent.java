package org.caravox.queue;

import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.Endpoint;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.caravox.jobs.LeasedWork;

/**
 * The queue that needs no broker: {@code jobs-table:NAME}, where NAME is a {@link LeasedWork} bean. A producer announces
 * that there is work; a consumer claims it row by row, each with the property {@code lease} and its task as the body.
 */
public final class JobsTableComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        LeasedWork work = CamelContextHelper.mandatoryLookup(getCamelContext(), remaining, LeasedWork.class);
        DataSource database = CamelContextHelper.mandatoryLookup(getCamelContext(), "dataSource", DataSource.class);
        JobsTableEndpoint endpoint = new JobsTableEndpoint(uri, this, remaining, work, database);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
