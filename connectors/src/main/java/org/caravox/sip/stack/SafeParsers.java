package org.caravox.sip.stack;

import gov.nist.javax.sip.parser.MessageParser;
import gov.nist.javax.sip.parser.MessageParserFactory;
import gov.nist.javax.sip.parser.StringMsgParser;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import java.text.ParseException;

/**
 * The library's parser, which throws more than it says for messages that were made to: an Error of its would end the thread
 * that reads the port.
 */
public final class SafeParsers implements MessageParserFactory {

    /** The largest message that is read, in bytes: as much as a datagram can hold. */
    static final int LARGEST = 65_535;

    @Override
    public MessageParser createMessageParser(SIPTransactionStack stack) {
        var parser = new StringMsgParser();
        return (bytes, readBody, strict, told) -> {
            if (bytes.length > LARGEST) {
                throw new ParseException("a message of " + bytes.length + " bytes", 0);
            }
            try {
                return parser.parseSIPMessage(bytes, readBody, strict, told);
            } catch (RuntimeException | StackOverflowError e) {
                var unreadable =
                        new ParseException("unreadable: " + e.getClass().getSimpleName(), 0);
                unreadable.initCause(e);
                throw unreadable;
            }
        };
    }
}
