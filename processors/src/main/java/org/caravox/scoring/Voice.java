package org.caravox.scoring;

/** Whose words a rule looks at. */
enum Voice {
    AGENT,
    CUSTOMER,
    ANYONE
}
