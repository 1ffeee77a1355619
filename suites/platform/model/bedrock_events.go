package model

import (
	"bytes"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

const eventStreamType = "application/vnd.amazon.eventstream"

// event is one event of a stream before it is framed.
type event struct {
	name string
	data any
}

// events are a stream's, by what they stand at.
type events struct{ begin, tokens, end []event }

// frames frames every event, with the exception that a stream is broken off by.
func (e events) frames(frame func(event) []byte) *frames {
	join := func(list []event) []byte {
		var b []byte
		for _, one := range list {
			b = append(b, frame(one)...)
		}
		return b
	}
	out := &frames{mime: eventStreamType, begin: join(e.begin), end: join(e.end), broken: exceptionFrame()}
	for _, token := range e.tokens {
		out.tokens = append(out.tokens, frame(token))
	}
	return out
}

func eventFrame(name string, payload []byte) []byte {
	return messageFrame("event", ":event-type", name, payload)
}

// exceptionFrame tells of an error after the answer began: the status was sent long before.
func exceptionFrame() []byte {
	return messageFrame("exception", ":exception-type", "modelStreamErrorException", encode(map[string]any{
		"message":            "The model has timed out or encountered an error while streaming the answer. Try your request again.",
		"originalStatusCode": 500, "originalMessage": "the model broke off its answer",
	}))
}

func messageFrame(kind, typed, name string, payload []byte) []byte {
	m := eventstream.Message{Payload: payload}
	m.Headers.Set(typed, eventstream.StringValue(name))
	m.Headers.Set(":content-type", eventstream.StringValue("application/json"))
	m.Headers.Set(":message-type", eventstream.StringValue(kind))
	var b bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&b, m); err != nil {
		panic(fmt.Sprintf("frame an event of the model: %v", err))
	}
	return b.Bytes()
}
