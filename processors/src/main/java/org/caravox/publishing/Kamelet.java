package org.caravox.publishing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that routes may use: {@code to: kamelet:NAME}.
 *
 * @param name        as routes write it
 * @param title       for lists
 * @param description what it does
 * @param parameters  what it takes, those that must be given first
 * @param snippet     YAML to paste into the steps of a route
 */
public record Kamelet(String name, String title, String description, List<Parameter> parameters, String snippet) {

    /**
     * What a Kamelet takes.
     *
     * @param name        as routes write it
     * @param title       for lists
     * @param description what it does
     * @param type        {@code string}, {@code integer}, {@code number} or {@code boolean}
     * @param required    whether it must be given
     * @param preset      what it is when it is not given; null when it must be
     * @param example     a value that makes sense
     * @param values      those that are allowed; empty: any
     * @param secret      whether it is a secret, or names one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Parameter(
            String name,
            String title,
            String description,
            String type,
            boolean required,
            @JsonProperty("default") @Nullable String preset,
            String example,
            List<String> values,
            boolean secret) {

        /** Copies the values. */
        public Parameter {
            values = List.copyOf(values);
        }
    }

    /** Copies the parameters. */
    public Kamelet {
        parameters = List.copyOf(parameters);
    }
}
