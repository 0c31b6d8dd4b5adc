#!/bin/sh
exec curl --silent --fail --max-time 5 "$COUNTER$1"
