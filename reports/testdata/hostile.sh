#!/usr/bin/env bash
# Repeats the exchanges behind what agentcore-conform found. Start the image, then: bash FILE [ADDRESS]
# shellcheck disable=SC2016,SC1003
base=${1:-http://127.0.0.1:8080}
export NO_PROXY='*'
echo "repeating against $base"

# PING-06 SHOULD fail: a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x)
#   expected  a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x)
#   actual    a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x)
# a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x): 200 OK, application/json, 4.6 kB, a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x), after 3.2 ms
curl -sS -i --http1.1 --globoff --path-as-is -X GET -H 'host: cell01.example.com' -H 'accept: */*' -H 'user-agent:' "$base"$'/pinga\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c=\'2\'> & \xff\xfe \xed\xa0\x80 \xe2\x80\xaegnp.exe\xe2\x81\xa6 \xef\xbf\xbe\xef\xbf\xbf \xc2\x9b31m \xe2\x80\xa8 \xe2\x80\x8b \xf3\xa0\x81\x81 \x7f\x0d\x0aline\x0dtwo é漢😀 %s %!d(x)'
echo

# IMG-14 SHOULD warn: a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x)
#   actual    a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x)
# a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x): 200 OK, application/json, 4.6 kB, a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f line\x0dtwo é漢😀 %s %!d(x), after 3.2 ms
curl -sS -i --http1.1 --globoff --path-as-is -X GET -H 'host: cell01.example.com' -H 'accept: */*' -H 'user-agent:' "$base"$'/pinga\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a="1" c=\'2\'> & \xff\xfe \xed\xa0\x80 \xe2\x80\xaegnp.exe\xe2\x81\xa6 \xef\xbf\xbe\xef\xbf\xbf \xc2\x9b31m \xe2\x80\xa8 \xe2\x80\x8b \xf3\xa0\x81\x81 \x7f\x0d\x0aline\x0dtwo é漢😀 %s %!d(x)'
echo
