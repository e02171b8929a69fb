package org.caravox.sip.stack;

import gov.nist.core.LogLevels;
import gov.nist.core.StackLogger;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the SIP library has to say, at one level less than it thinks: what strangers send is no error of ours. */
public final class StackLog implements StackLogger {

    private static final Logger log = LoggerFactory.getLogger("org.caravox.sip.library");

    @Override
    public void logStackTrace() {}

    @Override
    public void logStackTrace(int traceLevel) {}

    @Override
    public int getLineCount() {
        return 0;
    }

    @Override
    public void logException(Throwable thrown) {
        log.info("sip.library.trouble", thrown);
    }

    @Override
    public void logDebug(String message) {}

    @Override
    public void logDebug(String message, Exception thrown) {}

    @Override
    public void logTrace(String message) {}

    @Override
    public void logFatalError(String message) {
        log.warn("sip.library.fatal what={}", bounded(message));
    }

    @Override
    public void logError(String message) {
        log.debug("sip.library.error what={}", bounded(message));
    }

    @Override
    public void logError(String message, Exception thrown) {
        log.debug("sip.library.error what={}", bounded(message), thrown);
    }

    @Override
    public void logWarning(String message) {
        log.debug("sip.library.warning what={}", bounded(message));
    }

    @Override
    public void logInfo(String message) {
        log.trace("sip.library.info what={}", bounded(message));
    }

    /** Messages contain what strangers sent, digests of theirs too: never whole ones. */
    private static String bounded(String message) {
        String line = message.lines().findFirst().orElse("");
        return line.length() > 200 ? line.substring(0, 200) : line;
    }

    @Override
    public boolean isLoggingEnabled() {
        return true;
    }

    @Override
    public boolean isLoggingEnabled(int level) {
        return level <= LogLevels.TRACE_ERROR && level >= 0;
    }

    @Override
    public void disableLogging() {}

    @Override
    public void enableLogging() {}

    @Override
    public void setBuildTimeStamp(String timeStamp) {}

    @Override
    public void setStackProperties(Properties properties) {}

    @Override
    public String getLoggerName() {
        return "org.caravox.sip.library";
    }
}
