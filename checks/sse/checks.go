// Package sse rules on streamed answers: their framing, their pace, their end, and callers who leave (SSE).
package sse

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Checks are the checks of this area.
var Checks = []checks.Check{
	contentType, dispatch, json, framedOnce, flushed, ends, errorInside, heartbeat, leaving, size, plain, filled,
}

// needs are the records that hold streamed answers.
var needs = []record.Kind{record.KindCalls, record.KindStream}
