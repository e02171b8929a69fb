package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.caravox.deliveries.ParkedDelivery;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.DialogueSteps;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.Tokens;
import org.caravox.masking.Masking;
import org.caravox.outbound.AddressGuard;
import org.caravox.outbound.GuardedClient;
import org.caravox.outbound.Trust;
import org.caravox.posts.ChatSteps;
import org.caravox.posts.HttpSteps;
import org.caravox.posts.Posts;
import org.caravox.providers.Answered;
import org.caravox.queue.KafkaRecords;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.SpeechSteps;
import org.caravox.speech.Spoken;
import org.caravox.tables.SqlLookups;
import org.caravox.tenants.TenantValues;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kamelets as routes use them: their files, the beans behind them, and somebody who listens. */
@SuppressWarnings("NullAway") // what steps do not look at
class KameletStepsTest {

    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();
    private static final String WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Map<String, String> SECRETS =
            new java.util.concurrent.ConcurrentHashMap<>(Map.of("signing", WHSEC, "broken", "whsec_"));
    private static final AtomicInteger ROUTES = new AtomicInteger();

    private static DefaultCamelContext camel;
    private static EmbeddedPostgres postgres;
    private static HikariDataSource crm;
    private static HttpServer listener;
    private static GuardedClient client;
    private static String address;

    private static final List<Posted> posted = new CopyOnWriteArrayList<>();
    private static volatile int status = 200;
    private static volatile String answer = "";

    private record Posted(com.sun.net.httpserver.Headers headers, String body) {}

    /** Stands for a chain of providers: it answers with what it was asked. */
    public static final class Echo {

        public Answered<Reply> reply(ChatRequest request, Patience patience) {
            var choices = JsonNodeFactory.instance.arrayNode();
            choices.addObject()
                    .putObject("message")
                    .put(
                            "content",
                            request.tenant() + "/" + request.provider() + "/" + request.model() + ": "
                                    + request.body().path("messages"));
            Reply reply = new Reply("echo", "echo-1", choices, new Tokens(1, 1), true);
            return new Answered<>(reply, "echo", "echo-1", List.of(), 1, null);
        }

        public Answered<Spoken> speak(SpeechRequest request, Patience patience) {
            byte[] audio = (request.voice() + ": " + request.text()).getBytes(StandardCharsets.UTF_8);
            Spoken spoken = new Spoken("echo", "echo-1", request.format(), new ByteArrayInputStream(audio));
            return new Answered<>(spoken, "echo", "echo-1", List.of(), 1, null);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        listener.createContext("/", http -> {
            posted.add(new Posted(
                    http.getRequestHeaders(),
                    new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            http.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            http.getResponseBody().write(body);
            http.close();
        });
        listener.start();
        address = "http://127.0.0.1:" + listener.getAddress().getPort() + "/in";
        SECRETS.put("channel", address);

        postgres = EmbeddedPostgres.start();
        Jdbi.create(postgres.getPostgresDatabase()).useHandle(handle -> {
            handle.execute("create table customers (phone text, name text, calls int)");
            handle.execute("insert into customers values ('+1415', 'Anna', 3), ('+1416', 'O''Hara', 1)");
        });
        crm = KameletsConfiguration.pool(
                "crm",
                new CaravoxSettings.DatabaseEntry(
                        postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 2, Duration.ofSeconds(2)),
                name -> Optional.empty());

        AddressGuard guard = new AddressGuard(List.of("127.0.0.0/8"));
        client = new GuardedClient(guard, Trust.usual(), Duration.ofSeconds(5));
        Posts posts = new Posts(client, guard, name -> Optional.ofNullable(SECRETS.get(name)), Clock.systemUTC());
        camel = new DefaultCamelContext();
        Map.of(
                        "masking", new Masking(JSON),
                        "dialogueSteps", new DialogueSteps(JSON, Clock.systemUTC()),
                        "speechSteps", new SpeechSteps(),
                        "dialogue", new Echo(),
                        "speech", new Echo(),
                        "tenantValues", new TenantValues(Map.of("limit", "80"), KameletStepsTest::own),
                        "httpSteps", new HttpSteps(posts, JSON),
                        "chatSteps", new ChatSteps(posts, JSON),
                        "kafkaRecords", new KafkaRecords(JSON),
                        "sqlLookups",
                                new SqlLookups(Map.of("crm", new SqlLookups.Database(crm, Duration.ofSeconds(2)))))
                .forEach(camel.getRegistry()::bind);
        camel.getComponent("kamelet", KameletComponent.class)
                .setLocation("file:" + Path.of("..", "routes", "kamelets"));
        camel.start();
    }

    private static Map<String, String> own(String tenant) {
        return tenant.equals("acme") ? Map.of("limit", "60") : Map.of();
    }

    @AfterAll
    static void stop() throws Exception {
        camel.close();
        client.close();
        listener.stop(0);
        crm.close();
        postgres.close();
    }

    @BeforeEach
    void listen() {
        posted.clear();
        status = 200;
        answer = "";
    }

    /** Sends a message through a route of one step. */
    private static Exchange send(String kamelet, @Nullable Object body, Map<String, String> parameters)
            throws Exception {
        return send(kamelet, body, parameters, Map.of("tenant", "acme"));
    }

    private static Exchange send(
            String kamelet, @Nullable Object body, Map<String, String> parameters, Map<String, Object> properties)
            throws Exception {
        String id = "try-" + ROUTES.incrementAndGet();
        List<Object> steps = List.of(
                Map.of("to", Map.of("id", id + "-step", "uri", "kamelet:" + kamelet, "parameters", parameters)));
        String route = JSON.writeValueAsString(List.of(Map.of(
                "route",
                Map.of(
                        "id",
                        id,
                        "errorHandler",
                        Map.of("noErrorHandler", Map.of()),
                        "from",
                        Map.of("uri", "direct:" + id, "steps", steps)))));
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString(id + ".yaml", route));
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody(body);
        properties.forEach(exchange::setProperty);
        return camel.createProducerTemplate().send("direct:" + id, exchange);
    }

    private static Exchange done(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return exchange;
    }

    @Test
    void card_numbers_are_masked() throws Exception {
        Exchange exchange = done(send("mask", "it is 4111 1111 1111 1111", Map.of()));

        assertThat(exchange.getMessage().getBody()).isEqualTo("it is [card number]");
    }

    @Test
    void a_value_is_the_tenants_own_then_everybodys_then_the_given_one() throws Exception {
        Map<String, String> limit = Map.of("name", "limit", "as", "limit");

        assertThat(done(send("tenant-value", "b", limit)).getProperty("limit")).isEqualTo("60");
        assertThat(done(send("tenant-value", "b", limit, Map.of("tenant", "other")))
                        .getProperty("limit"))
                .isEqualTo("80");
        assertThat(done(send("tenant-value", "b", Map.of("name", "none", "otherwise", "7")))
                        .getProperty("value"))
                .isEqualTo("7");
        assertThat(send("tenant-value", "b", Map.of("name", "none")).getException())
                .hasMessageContaining("write caravox.values.none, or caravox.tenants.acme.values.none");
    }

    @Test
    void a_model_is_asked_with_expressions_and_quotes_worked_out() throws Exception {
        Exchange exchange = done(send(
                "ask-model",
                Map.of("said", "It's \"late\", isn't it?"),
                Map.of(
                        "prompt",
                        "Don't guess (ever), ${exchangeProperty.tenant}",
                        "text",
                        "${body[said]}",
                        "model",
                        "m")));

        assertThat(exchange.getProperty("answer", String.class))
                .startsWith("acme/null/m: ")
                .contains("Don't guess (ever), acme", "It's \\\"late\\\", isn't it?");
        assertThat(exchange.getMessage().getBody()).isInstanceOf(Map.class);
    }

    @Test
    void a_text_is_spoken() throws Exception {
        Exchange exchange =
                done(send("speak", "x", Map.of("text", "Hello ${body}, it's me", "voice", "alloy", "as", "sound")));

        assertThat(exchange.getProperty("sound", byte[].class))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("alloy: Hello x, it's me");
    }

    @Test
    void a_message_is_posted_signed_and_its_answer_kept() throws Exception {
        answer = "{\"ticket\": 7}";

        Exchange exchange = done(send(
                "http-post",
                Map.of("call", "it's me"),
                Map.of("url", address + "?of=${exchangeProperty.tenant}", "secret", "signing", "as", "reply")));

        assertThat(exchange.getProperty("reply")).isEqualTo(Map.of("ticket", 7));
        assertThat(exchange.getMessage().getBody()).isEqualTo(Map.of("call", "it's me"));
        Posted one = posted.get(0);
        assertThat(one.body()).isEqualTo("{\"call\":\"it's me\"}");
        new Webhook(WHSEC).verify(one.body(), HttpHeaders.of(one.headers(), (name, value) -> true));
    }

    @Test
    void one_that_may_work_another_time_is_told_from_one_that_will_not() throws Exception {
        status = 503;
        assertThat(send("http-post", "{}", Map.of("url", address)).getException())
                .isInstanceOf(Refusal.class);
        status = 404;
        assertThat(send("http-post", "{}", Map.of("url", address)).getException())
                .isInstanceOf(ParkedDelivery.class)
                .hasMessageContaining("127.0.0.1 answered 404");
        status = 307;
        assertThat(send("http-post", "{}", Map.of("url", address)).getException())
                .hasMessageContaining("redirects are not followed");
        assertThat(send("http-post", "{}", Map.of("url", "http://10.0.0.1/")).getException())
                .hasMessageContaining("must be a public address");
        assertThat(send("http-post", "{}", Map.of("url", address, "secret", "lost"))
                        .getException())
                .hasMessageContaining("write caravox.secrets.lost");
        assertThat(send("http-post", "{}", Map.of("url", address, "secret", "broken"))
                        .getException())
                .hasMessageContaining("the secret broken cannot sign");
    }

    @Test
    void a_channel_gets_a_text_that_calls_nobody() throws Exception {
        String text = "RAW(Anna's <!channel> said: \"${body}\", 50 % of +49, @all & more [here])";

        done(send("chat-post", "hi", Map.of("webhook", "channel", "text", text)));
        done(send("chat-post", "hi", Map.of("webhook", "channel", "text", text, "kind", "mattermost")));
        done(send("chat-post", "hi", Map.of("webhook", "channel", "text", text, "kind", "teams")));

        assertThat(told(0).path("text").asText())
                .isEqualTo("Anna's &lt;!channel&gt; said: \"hi\", 50 % of +49, @all &amp; more [here]");
        assertThat(told(1).path("text").asText()).contains("@\u200ball", "<\u200b!channel\u200b>");
        assertThat(told(2).at("/attachments/0/content/body/0/text").asText()).contains("said: \"hi\"", "more \\[here]");
    }

    private static JsonNode told(int index) throws Exception {
        return JSON.readTree(posted.get(index).body());
    }

    @Test
    void a_row_is_read_by_values_that_are_bound() throws Exception {
        String query = "select name, calls from customers where phone = :#${body} or name = :#${exchangeProperty.name}";

        Exchange anna = done(send(
                "sql-query", "+1415", Map.of("database", "crm", "query", query), Map.of("name", "x' or 'a' = 'a")));
        Exchange nobody = done(send("sql-query", "' or true --", Map.of("database", "crm", "query", query)));
        Exchange all = done(send(
                "sql-query",
                "+1415",
                Map.of(
                        "database",
                        "crm",
                        "query",
                        "select name from customers order by 1",
                        "rows",
                        "all",
                        "as",
                        "all")));

        assertThat(anna.getProperty("row")).isEqualTo(Map.of("name", "Anna", "calls", 3));
        assertThat(anna.getMessage().getBody()).isEqualTo("+1415");
        assertThat(nobody.getProperty("row")).isEqualTo(Map.of());
        assertThat(all.getProperty("all")).isEqualTo(List.of(Map.of("name", "Anna"), Map.of("name", "O'Hara")));
    }

    @Test
    void nothing_is_written_and_nothing_waits_for_long() throws Exception {
        assertThat(query("delete from customers").getException()).hasMessageContaining("sql-query only reads");
        assertThat(query("with gone as (delete from customers returning 1) select * from gone")
                        .getException())
                .isNotNull();
        assertThat(Jdbi.create(postgres.getPostgresDatabase())
                        .<Integer, RuntimeException>withHandle(
                                handle -> handle.createQuery("select count(*) from customers")
                                        .mapTo(Integer.class)
                                        .one()))
                .isEqualTo(2);
        assertThat(query("select pg_sleep(60)").getException())
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("cannot be asked now");
        assertThat(query("select nam from customers").getException()).hasMessageContaining("\"nam\" does not exist");
        assertThat(query("select 'secret'::int").getException().getMessage()).doesNotContain("secret");
        assertThat(send("sql-query", "b", Map.of("database", "shop", "query", "select 1"))
                        .getException())
                .hasMessageContaining("the databases are crm");
    }

    private static Exchange query(String query) throws Exception {
        return send("sql-query", "b", Map.of("database", "crm", "query", query));
    }

    @Test
    void what_no_broker_takes_fails() throws Exception {
        assertThat(send("kafka-publish", Map.of("a", 1), Map.of("topic", "calls", "key", "${body[a]}"))
                        .getException())
                .isNotNull();
    }

    @Test
    void a_kamelet_without_what_it_needs_does_not_load() {
        assertThatThrownBy(() -> send("chat-post", "b", Map.of("text", "x"))).hasStackTraceContaining("webhook");
    }
}
