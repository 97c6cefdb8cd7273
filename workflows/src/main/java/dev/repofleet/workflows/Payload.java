package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record that travels through histories. It may be read by an older worker than the one
 * that wrote it, during an upgrade or after a step back, so unknown fields are ignored on read.
 *
 * <p>Temporal's default converter refuses them otherwise (observed, SDK 1.38.0), and a payload that
 * workflow code can't read blocks its workflow until a newer worker is there.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@JacksonAnnotationsInside
@JsonIgnoreProperties(ignoreUnknown = true)
public @interface Payload {}
