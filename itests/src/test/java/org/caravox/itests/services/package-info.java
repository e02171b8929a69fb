/** PostgreSQL, RabbitMQ and Kafka of the tests' own, and cables to them that can be cut. */
package org.caravox.itests.services;
