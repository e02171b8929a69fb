package org.caravox.recordings;

/**
 * Takes the audio of one stream or call as it comes. Nothing here blocks, or throws: a recording that cannot be made is
 * told in the log, and costs the stream nothing.
 */
public interface Recorder {

    /** Keeps nothing. */
    Recorder NONE = new Recorder() {
        @Override
        public void hear(byte[] audio) {}

        @Override
        public void pause(long bytes) {}

        @Override
        public void end() {}

        @Override
        public void drop() {}
    };

    /** The next audio, whole sample frames; they are not changed afterwards. */
    void hear(byte[] audio);

    /** Nothing is heard for so long, in bytes of the recording's form. */
    void pause(long bytes);

    /** No audio follows: what was heard is kept, and told of. */
    void end();

    /** What was heard is not to be kept. */
    void drop();
}
