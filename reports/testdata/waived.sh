#!/usr/bin/env bash
# Repeats the exchanges behind what agentcore-conform found. Start the image, then: bash FILE [ADDRESS]
# shellcheck disable=SC2016,SC1003
base=${1:-http://127.0.0.1:8080}
export NO_PROXY='*'
echo "repeating against $base"

# Nothing failed or warned, so there is nothing to repeat.
