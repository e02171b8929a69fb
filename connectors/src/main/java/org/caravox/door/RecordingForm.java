package org.caravox.door;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.jakarta.servlet6.JakartaServletFileUpload;
import org.caravox.audio.AudioStore;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a form (RFC 7578) that brings a recording as the part {@code file}, wherever in it that part stands: the
 * recording goes to disk as it arrives, the other parts are told one by one.
 */
public final class RecordingForm {

    private static final Logger log = LoggerFactory.getLogger(RecordingForm.class);
    private static final int LARGEST_FIELD = 64 * 1024;
    private static final int MOST_PARTS = 50;
    private static final long FORM_OVERHEAD_BYTES = 1024 * 1024;

    private final AudioStore audio;

    public RecordingForm(AudioStore audio) {
        this.audio = audio;
    }

    /**
     * Reads all of it.
     *
     * @param id    names the recording in the store
     * @param until when it must have arrived
     * @param field told the name and the text of each part that is not the recording
     * @return the stored recording, if there is one
     * @throws Refusal MALFORMED, TOO_LARGE, TIMED_OUT, or INVALID when there are too many parts
     */
    public Optional<AudioStore.Stored> read(
            HttpServletRequest http, UUID id, Deadline until, BiConsumer<String, String> field) throws IOException {
        audio.checkSize(http.getContentLengthLong() - FORM_OVERHEAD_BYTES);
        AudioStore.Stored recording = null;
        try {
            JakartaServletFileUpload<?, ?> upload = new JakartaServletFileUpload<>();
            upload.setMaxFileCount(MOST_PARTS);
            FileItemInputIterator parts = upload.getItemIterator(http);
            for (int count = 0; parts.hasNext(); count++) {
                FileItemInput part = parts.next();
                if (count >= MOST_PARTS) {
                    throw Refusal.invalid("the form has more than " + MOST_PARTS + " parts");
                }
                if ("file".equals(part.getFieldName())) {
                    recording = onlyFile(recording, part, id, until);
                } else {
                    field.accept(name(part), text(part));
                }
            }
        } catch (FileUploadException e) {
            throw new Refusal(
                    Refusal.Reason.MALFORMED,
                    "malformed multipart body: " + JsonBody.firstLine(e.getMessage()),
                    null,
                    e);
        }
        return Optional.ofNullable(recording);
    }

    private AudioStore.Stored onlyFile(AudioStore.@Nullable Stored before, FileItemInput part, UUID id, Deadline until)
            throws IOException {
        if (before != null) {
            throw Refusal.invalid("the form has more than one part \"file\": send one recording a request");
        }
        return audio.keep(id, part.getInputStream(), until);
    }

    private static String name(FileItemInput part) {
        String name = part.getFieldName();
        if (name == null) {
            throw new Refusal(Refusal.Reason.MALFORMED, "a part of the form has no name");
        }
        return name;
    }

    private static String text(FileItemInput part) throws IOException {
        byte[] bytes = part.getInputStream().readNBytes(LARGEST_FIELD + 1);
        if (bytes.length > LARGEST_FIELD) {
            throw Refusal.invalid("a field of the form is larger than " + LARGEST_FIELD + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Removes the recording when its request has ended, unless a job needs it. */
    public void dropAfterwards(Exchange exchange) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                if (!Boolean.TRUE.equals(done.getProperty(Answers.JOB_MADE))) {
                    drop(done.getProperty(Admission.REQUEST_ID, UUID.class));
                }
            }
        });
    }

    private void drop(UUID id) {
        try {
            audio.drop(id);
        } catch (IOException e) {
            log.warn("audio.drop.failed request={} reason=\"{}\"", id, e.getMessage());
        }
    }
}
