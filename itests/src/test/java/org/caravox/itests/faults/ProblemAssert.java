package org.caravox.itests.faults;

import com.fasterxml.jackson.databind.JsonNode;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.caravox.itests.hub.Answer;

/** That an answer is a problem (RFC 9457) which tells what is wrong and nothing of the hub's insides. */
final class ProblemAssert extends AbstractAssert<ProblemAssert, Answer> {

    private static final int LONGEST_SENTENCE = 400;

    /** Stack traces, class names, paths, programs and addresses of the hub. */
    private static final String INSIDES =
            "(?s).*(\\bat [a-z]+\\.[a-z]|Exception|org\\.caravox|java\\.|org\\.apache|/tmp|/root|/home|/etc|ffprobe|jdbc:).*";

    private ProblemAssert(Answer actual) {
        super(actual, ProblemAssert.class);
    }

    static ProblemAssert assertThat(Answer answer) {
        return new ProblemAssert(answer);
    }

    ProblemAssert tells(String error) {
        JsonNode problem = actual.json();
        Assertions.assertThat(actual.header("Content-Type")).startsWith("application/problem+json");
        Assertions.assertThat(problem.get("status").asInt()).isEqualTo(actual.status());
        Assertions.assertThat(problem.get("title").asText()).isNotBlank().satisfies(title -> Assertions.assertThat(
                        actual.status() == 500)
                .isEqualTo(title.equals("Internal Server Error")));
        Assertions.assertThat(problem.get("error").asText())
                .contains(error)
                .hasSizeLessThan(LONGEST_SENTENCE)
                .doesNotContain("\n");
        Assertions.assertThat(actual.text()).doesNotMatch(INSIDES);
        return this;
    }
}
