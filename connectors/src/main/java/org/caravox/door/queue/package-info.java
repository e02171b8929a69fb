/** The door for messages: what customers put into a queue of RabbitMQ or a topic of Kafka becomes jobs. */
@NullMarked
package org.caravox.door.queue;

import org.jspecify.annotations.NullMarked;
