package model

import (
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// geminiVector is the usual length of an embedding.
const geminiVector = 3072

// countGemini is countTokens.
type countGemini struct{ geminiCall }

func (countGemini) parse(r *http.Request, body []byte) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	if inner := member(doc, "generateContentRequest"); inner.Exists() {
		doc = inner
	}
	ask := geminiAsk(doc)
	ask.Model, _, _ = geminiPath(r)
	ask.Aside = true
	return ask, spoken(ask)
}

func (countGemini) whole(ask Ask, _ Reply) []byte {
	n := count(ask.text())
	return encode(object{"totalTokens": n, "promptTokensDetails": []any{object{"modality": "TEXT", "tokenCount": n}}})
}

func (countGemini) stream(Ask, Reply) *frames { return nil }

// embedGemini is embedContent, of one content.
type embedGemini struct{ geminiCall }

func (embedGemini) parse(r *http.Request, body []byte) (Ask, error) {
	return geminiInputs(r, body, func(doc gjson.Result) []gjson.Result { return []gjson.Result{doc} })
}

func (embedGemini) whole(ask Ask, _ Reply) []byte {
	return encode(object{"embedding": vectorsOf(ask)[0]})
}

func (embedGemini) stream(Ask, Reply) *frames { return nil }

// batchGemini is batchEmbedContents.
type batchGemini struct{ geminiCall }

func (batchGemini) parse(r *http.Request, body []byte) (Ask, error) {
	return geminiInputs(r, body, func(doc gjson.Result) []gjson.Result { return doc.Get("requests").Array() })
}

func (batchGemini) whole(ask Ask, _ Reply) []byte {
	return encode(object{"embeddings": vectorsOf(ask)})
}

func (batchGemini) stream(Ask, Reply) *frames { return nil }

// predictGemini is the predict of Vertex AI, by which its text embeddings are made.
type predictGemini struct{ geminiCall }

func (predictGemini) parse(r *http.Request, body []byte) (Ask, error) {
	return geminiInputs(r, body, func(doc gjson.Result) []gjson.Result { return doc.Get("instances").Array() })
}

func (predictGemini) whole(ask Ask, _ Reply) []byte {
	var predictions []object
	for i, v := range vectorsOf(ask) {
		v["statistics"] = object{"token_count": count(ask.Inputs[i]), "truncated": false}
		predictions = append(predictions, object{"embeddings": v})
	}
	return encode(object{"predictions": predictions})
}

func (predictGemini) stream(Ask, Reply) *frames { return nil }

// geminiInputs reads the texts of an embedding request, each the content of one of its parts.
func geminiInputs(r *http.Request, body []byte, requests func(gjson.Result) []gjson.Result) (Ask, error) {
	doc, err := document(body)
	if err != nil {
		return Ask{}, err
	}
	ask := Ask{}
	ask.Model, _, _ = geminiPath(r)
	size := either(doc.Get("parameters"), "outputDimensionality")
	for _, one := range requests(doc) {
		ask.Inputs = append(ask.Inputs, inputOf(one.Get("content")))
		if own := member(one, "outputDimensionality"); own.Exists() {
			size = own
		}
	}
	length := dimensions(size, geminiVector)
	ask.form = length
	return ask, embeddable(ask, length)
}

// inputOf is the text of a content: a string on Vertex AI, parts else.
func inputOf(content gjson.Result) string {
	if content.Type == gjson.String {
		return content.Str
	}
	return strings.Join(texts(content.Get("parts.#.text")), "\n")
}

func vectorsOf(ask Ask) []object {
	var out []object
	for _, text := range ask.Inputs {
		out = append(out, object{"values": embedding(text, ask.form.(int))})
	}
	return out
}
