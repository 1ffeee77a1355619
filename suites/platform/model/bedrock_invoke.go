package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// invoke is InvokeModel and InvokeModelWithResponseStream: each family of models has a body of its own.
type invoke struct{ bedrockCall }

// family is the form that a family of models has for its bodies.
type family interface {
	// takes tells by the id of the model, which may be an ARN that says nothing, and by the body.
	takes(id string, doc gjson.Result) bool
	read(doc gjson.Result) (Ask, error)
	whole(ask Ask, reply Reply) []byte
	// events have JSON as their data; false for a family that does not stream.
	events(ask Ask, reply Reply) (events, bool)
}

// families in the order in which they are asked; the last ones take what is left.
var families = []family{
	borrowed{messages{}, isAnthropic},
	novaEmbedding, cohereEmbedding, titanEmbedding,
	nova{}, cohereChat{}, mistralChat{},
	titanText, llama, mistralText, claudeText, cohereText,
	borrowed{chat{}, hasMessages},
	completion,
}

func (i invoke) parse(r *http.Request, body []byte) (Ask, error) {
	ask, err := invokeAsk(r, body)
	if err != nil {
		return Ask{}, err
	}
	if i.streams && len(ask.Inputs) > 0 {
		return Ask{}, errors.New("read the request: an embedding does not stream")
	}
	i.name(r, &ask)
	return ask, nil
}

// invokeAsk reads a body in the form of its family, which the answer remembers.
func invokeAsk(r *http.Request, body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	id, _, _ := bedrockPath(r)
	for _, f := range families {
		if !f.takes(strings.ToLower(id), doc) {
			continue
		}
		ask, err := f.read(doc)
		ask.form = invoked{f, ask.form}
		return ask, errors.Join(err, spoken(ask))
	}
	return Ask{}, fmt.Errorf("read the request: no family of models has such a body, model %q", clip(id, 80))
}

// invoked is the form of an ask, around what the family itself remembers.
type invoked struct {
	family family
	own    any
}

// unwrap gives the ask back as the family made it.
func unwrap(ask Ask) (family, Ask) {
	form := ask.form.(invoked)
	ask.form = form.own
	return form.family, ask
}

func (invoke) whole(ask Ask, reply Reply) []byte {
	f, ask := unwrap(ask)
	return f.whole(ask, reply)
}

func (invoke) stream(ask Ask, reply Reply) *frames {
	f, ask := unwrap(ask)
	e, ok := f.events(ask, reply)
	if !ok {
		return nil
	}
	return withMetrics(e, ask, reply).frames(func(e event) []byte {
		return eventFrame("chunk", encode(map[string][]byte{"bytes": bytesOf(e.data)}))
	})
}

func bytesOf(data any) []byte {
	if raw, ok := data.(json.RawMessage); ok {
		return raw
	}
	return encode(data)
}

// withMetrics adds to the last chunk what Bedrock adds to that of every family.
func withMetrics(e events, ask Ask, reply Reply) events {
	list := e.end
	if len(list) == 0 {
		list = e.tokens
	}
	last := &list[len(list)-1]
	var members map[string]json.RawMessage
	if json.Unmarshal(bytesOf(last.data), &members) != nil {
		return e
	}
	members["amazon-bedrock-invocationMetrics"] = encode(map[string]int{
		"inputTokenCount": count(ask.text()), "outputTokenCount": len(reply.pieces()), "invocationLatency": 1, "firstByteLatency": 1,
	})
	last.data = members
	return e
}
