package org.caravox.door;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/** Hands every request the means to cut its connection, which servlets do not have: see {@link StreamedAnswer}. */
public final class BreakOff extends ValveBase {

    /** The request attribute that holds it, a {@link Runnable}. */
    static final String ATTRIBUTE = BreakOff.class.getName();

    public BreakOff() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        Runnable breakOff = () -> cut(response);
        request.setAttribute(ATTRIBUTE, breakOff);
        getNext().invoke(request, response);
    }

    private static void cut(Response response) {
        response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, new IOException("the answer cannot be finished"));
    }
}
