package model

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// Bounds of an embedding request: the API's own on its texts, and one on the numbers of the answer.
const (
	maxInputs  = 2048
	maxNumbers = 4 << 20
)

// embedOpenAI is POST /embeddings.
type embedOpenAI struct{ openaiCall }

// embeddingForm is how the vectors are written.
type embeddingForm struct {
	dimensions int
	base64     bool
}

func (embedOpenAI) match(r *http.Request) bool { return posted(r, "/embeddings") }

func (embedOpenAI) parse(r *http.Request, body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	ask := Ask{Model: deployed(r, doc.Get("model").String()), Inputs: openaiInputs(doc.Get("input"))}
	usual := 1536
	if strings.Contains(ask.Model, "large") {
		usual = 3072
	}
	form := embeddingForm{dimensions(doc.Get("dimensions"), usual), doc.Get("encoding_format").Str == "base64"}
	ask.form = form
	if n := len(ask.Inputs); n == 0 || n > maxInputs || n*form.dimensions > maxNumbers {
		return Ask{}, errors.New("read the request: no text to embed, or too many at once")
	}
	return ask, nil
}

// openaiInputs are texts, or lists of the numbers of tokens, which clients that count them send instead.
func openaiInputs(v gjson.Result) []string {
	list := v.Array()
	if !v.IsArray() || len(list) > 0 && list[0].Type == gjson.Number {
		list = []gjson.Result{v}
	}
	var out []string
	for _, one := range list {
		if one.Type != gjson.Null {
			out = append(out, one.String())
		}
	}
	return out
}

func (embedOpenAI) whole(ask Ask, _ Reply) []byte {
	form := ask.form.(embeddingForm)
	var data []object
	size := 0
	for i, text := range ask.Inputs {
		size += count(text)
		data = append(data, object{"object": "embedding", "index": i, "embedding": form.write(embedding(text, form.dimensions))})
	}
	return encode(object{
		"object": "list", "data": data, "model": ask.Model, "usage": object{"prompt_tokens": size, "total_tokens": size},
	})
}

// write gives numbers, or their 32-bit forms in little-endian order.
func (f embeddingForm) write(vector []float64) any {
	if !f.base64 {
		return vector
	}
	var b []byte
	for _, x := range vector {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func (embedOpenAI) stream(Ask, Reply) *frames { return nil }
