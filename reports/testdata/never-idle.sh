#!/usr/bin/env bash
# Repeats the exchanges behind what agentcore-conform found. Start the image, then: bash FILE [ADDRESS]
# shellcheck disable=SC2016,SC1003
base=${1:-http://127.0.0.1:8080}
export NO_PROXY='*'
echo "repeating against $base"

# PING-06 SHOULD fail: time_of_last_update is stamped anew at every poll
#   expected  the same time_of_last_update in the second and the third poll
#   actual    1763825405 then 1763825408, nothing in flight between them
# third poll: 200 OK, application/json, 55 bytes, after 3.2 ms
curl -sS -i --http1.1 -X GET -H 'host: cell01.example.com' -H 'accept: */*' -H 'user-agent:' "$base"'/ping'
echo
