#!/bin/sh
# Waits for the Temporal server and makes the fleet's namespace, unless it is there. From the
# environment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, RETENTION.
set -eu

tries=0
until temporal operator cluster health >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "no answer from Temporal at $TEMPORAL_ADDRESS" >&2
    exit 1
  fi
  sleep 1
done
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  echo "Namespace $TEMPORAL_NAMESPACE is there."
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi
