/**
 * Real servers and real event shapes for component tests.
 *
 * <p>Where a Docker engine answers, Quarkus Dev Services provide the servers of a {@code @QuarkusTest} and everything here
 * stands back. Where none answers, Dev Services are switched off and PostgreSQL and Kafka run embedded, once per JVM.
 * Plain JUnit tests always use the embedded servers.
 */
package dev.failureaware.cdc.test;
