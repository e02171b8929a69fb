package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.caravox.outbound.AddressGuard;

/** Health and metrics need no key, and so answer only to those networks that may look. */
public final class ObservedFrom implements Filter {

    private final List<IPAddress> networks;
    private final ObjectMapper json;

    /** @param networks in CIDR form */
    public ObservedFrom(List<String> networks, ObjectMapper json) {
        this.networks = AddressGuard.networks("caravox.observed-from", networks);
        this.json = json;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        IPAddress caller = new IPAddressString(request.getRemoteAddr()).getAddress();
        if (caller != null && networks.stream().anyMatch(network -> network.contains(caller))) {
            chain.doFilter(request, response);
            if (((HttpServletResponse) response).getStatus() == 404 && !response.isCommitted()) {
                tell(response, 404, "there is nothing here: /openapi.json lists what there is");
            }
            return;
        }
        tell(response, 403, "not from here: caravox.observed-from lists the networks that may look");
    }

    private void tell(ServletResponse response, int status, String error) throws IOException {
        response.setContentType("application/problem+json");
        ((HttpServletResponse) response).setStatus(status);
        json.writeValue(response.getOutputStream(), Problems.problem(status, error, null));
    }
}
