package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"
)

// object is a JSON object that is being made.
type object = map[string]any

// document reads a body as one JSON object. The standard library checks it, because that bounds how deep it nests.
func document(body []byte) (gjson.Result, error) {
	if !json.Valid(body) {
		return gjson.Result{}, errors.New("read the request: the body is no JSON")
	}
	doc := gjson.ParseBytes(body)
	if !doc.IsObject() {
		return gjson.Result{}, fmt.Errorf("read the request: the body is no JSON object but %s", clip(doc.Type.String(), 20))
	}
	return doc, nil
}

// spoken refuses an ask without any words to answer to, as all vendors do.
func spoken(ask Ask) error {
	if len(ask.Turns) == 0 && len(ask.Inputs) == 0 {
		return errors.New("read the request: nothing is asked in it")
	}
	return nil
}

// encode writes JSON as the vendors do, without escapes for HTML. What is encoded is made here, so it cannot fail.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("encode an answer of the model: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// count is about how many tokens a text has, at four bytes each.
func count(text string) int { return (len(text) + 3) / 4 }

// embedding is a vector of length 1 that hangs on the text alone.
func embedding(text string, dimensions int) []float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	random := rand.New(rand.NewPCG(h.Sum64(), 0))
	out, squares := make([]float64, dimensions), 0.0
	for i := range out {
		out[i] = random.Float64()*2 - 1
		squares += out[i] * out[i]
	}
	for i := range out {
		out[i] /= math.Sqrt(squares)
	}
	return out
}

// maxDimensions bounds an embedding's length, which the container names.
const maxDimensions = 4096

// dimensions is the length that was asked for, or the model's own.
func dimensions(asked gjson.Result, usual int) int {
	if n := int(asked.Int()); n > 0 {
		return min(n, maxDimensions)
	}
	return usual
}

// embeddable bounds an embedding request of a vendor whose limits are no wider.
func embeddable(ask Ask, dimensions int) error {
	if n := len(ask.Inputs); n == 0 || n > maxInputs || n*dimensions > maxNumbers {
		return errors.New("read the request: no text to embed, or too many at once")
	}
	return nil
}

// texts are the strings of a list, or the one string in its place.
func texts(v gjson.Result) []string {
	var out []string
	for _, one := range v.Array() {
		out = append(out, one.String())
	}
	return out
}

func requestID() string { return uuid.NewString() }
