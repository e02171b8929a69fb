package org.caravox.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.caravox.deliveries.OwnMessages;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionRequest;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What the webhooks of jobs are told: how the job ended, in the form of the door that it came through. */
public final class JobMessages implements OwnMessages {

    private final ObjectMapper json;
    private final Map<String, CallbackForm> forms;

    /** @param forms those of doors that have one of their own */
    public JobMessages(ObjectMapper json, List<CallbackForm> forms) {
        this.json = json;
        this.forms = forms.stream().collect(Collectors.toUnmodifiableMap(CallbackForm::name, form -> form));
    }

    @Override
    public Map<UUID, OwnMessage> of(Handle handle, Collection<UUID> jobs) {
        return handle.createQuery(
                        """
                        select j.id, j.status, j.user_id, j.error, j.request, t.content
                        from jobs j left join transcripts t on t.tenant = j.tenant and t.id = j.id
                        where j.id = any(:ids)""")
                .bindArray("ids", UUID.class, jobs.toArray())
                .map((row, context) -> Map.entry(row.getObject("id", UUID.class), message(row)))
                .collectToMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private OwnMessage message(ResultSet row) throws SQLException {
        try {
            TranscriptionRequest request = json.readValue(row.getString("request"), TranscriptionRequest.class);
            String content = row.getString("content");
            Transcript made = content == null ? null : json.readValue(content, Transcript.class);
            CallbackForm form =
                    request.door() == null ? null : forms.get(request.door().form());
            if (form == null) {
                return new OwnMessage("POST", Map.of(), body(row, request, made));
            }
            CallbackForm.Call call = form.call(request, made, row.getString("error"));
            return new OwnMessage(call.method(), call.headers(), call.body());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String body(ResultSet row, TranscriptionRequest request, @Nullable Transcript made)
            throws SQLException, JsonProcessingException {
        return json.writeValueAsString(JobEnd.of(
                row.getObject("id", UUID.class),
                row.getString("status"),
                row.getString("user_id"),
                made,
                row.getString("error"),
                request.metadata()));
    }
}
