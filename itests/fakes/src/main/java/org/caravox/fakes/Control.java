package org.caravox.fakes;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.caravox.fakes.vendors.Vendors;

/** What is done to stations over HTTP, below {@code /_fakes}. */
final class Control {

    static final String PREFIX = "/_fakes";

    private final Stations stations;

    Control(Stations stations) {
        this.stations = stations;
    }

    void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            try {
                answer(request, body);
            } catch (IllegalArgumentException wrong) {
                refuse(request.response(), 400, String.valueOf(wrong.getMessage()));
            }
        });
    }

    private void answer(HttpServerRequest request, Buffer body) {
        String[] path = request.path().substring(PREFIX.length()).split("/", -1);
        String asked = request.method().name() + " " + path[path.length - 1];
        if (path.length == 2 && asked.equals("POST reset")) {
            stations.reset();
            request.response().setStatusCode(204).end();
            return;
        }
        Optional<Station> station = path.length == 3 ? stations.named(path[1]) : Optional.empty();
        if (station.isEmpty()) {
            refuse(
                    request.response(),
                    404,
                    "write " + PREFIX + "/reset, or " + PREFIX
                            + "/STATION/(script|keys|requests|records), where a station is named after its vendor, such as "
                            + String.join(", ", Vendors.names()) + " or openai-2");
            return;
        }
        answer(request, asked, station.get(), body.toString());
    }

    private static void answer(HttpServerRequest request, String asked, Station station, String body) {
        HttpServerResponse response = request.response();
        switch (asked) {
            case "PUT script" -> station.script(Scripts.rules(body));
            case "DELETE script" -> station.script(List.of());
            case "PUT keys" -> station.keys(Scripts.keys(body));
            case "DELETE keys" -> station.keys(List.of());
            case "GET script" -> tell(response, 200, station.script());
            case "GET records" -> tell(response, 200, station.vendor().records());
            case "GET requests" -> tell(response, 200, requests(station, request.getParam("last", "20")));
            default ->
                refuse(response, 405, "PUT, DELETE and GET script, PUT and DELETE keys, GET requests and records");
        }
        if (!response.ended()) {
            response.setStatusCode(204).end();
        }
    }

    private static Map<String, Object> requests(Station station, String last) {
        if (!last.matches("\\d{1,6}")) {
            throw new IllegalArgumentException("last must be a number, was " + last);
        }
        List<SeenRequest> seen = station.seen();
        int from = Math.max(0, seen.size() - Integer.parseInt(last));
        return Map.of("counters", station.counters(), "requests", seen.subList(from, seen.size()));
    }

    private static void refuse(HttpServerResponse response, int status, String message) {
        tell(response, status, Map.of("error", message));
    }

    private static void tell(HttpServerResponse response, int status, Object content) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(Scripts.write(content));
    }
}
