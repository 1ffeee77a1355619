package model

import (
	"strings"

	"github.com/tidwall/gjson"
)

// embedder is a family of embedding models.
type embedder struct {
	accepts func(id string, doc gjson.Result) bool
	inputs  func(doc gjson.Result) []string
	// answer is the body for the vectors of the inputs, in the form that the request asked for.
	answer func(ask Ask, vectors [][]float64) object
	// size is the member with the number of dimensions that was asked for, usual what it is without.
	size  string
	usual int
}

// embedded is what an embedder remembers of a request.
type embedded struct {
	dimensions int
	// typed says that the answer names the type of its numbers.
	typed bool
}

func (e embedder) takes(id string, doc gjson.Result) bool { return e.accepts(id, doc) }

func (e embedder) read(doc gjson.Result) (Ask, error) {
	typed := doc.Get("embedding_types").Exists() || doc.Get("embeddingTypes").Exists()
	ask := Ask{Inputs: e.inputs(doc)}
	size := dimensions(doc.Get(e.size), e.usual)
	ask.form = embedded{size, typed}
	return ask, embeddable(ask, size)
}

func (e embedder) whole(ask Ask, _ Reply) []byte {
	var vectors [][]float64
	for _, text := range ask.Inputs {
		vectors = append(vectors, embedding(text, ask.form.(embedded).dimensions))
	}
	return encode(e.answer(ask, vectors))
}

func (embedder) events(Ask, Reply) (events, bool) { return events{}, false }

var (
	titanEmbedding = embedder{
		accepts: func(id string, doc gjson.Result) bool {
			text := strings.Contains(id, "titan-text") || strings.Contains(id, "titan-tg1") || doc.Get("textGenerationConfig").Exists()
			return !text && (doc.Get("inputText").Exists() || doc.Get("inputImage").Exists())
		},
		inputs: func(doc gjson.Result) []string { return []string{doc.Get("inputText").String()} },
		answer: titanVector,
		// The models for text and for pictures name it differently.
		size: "[dimensions,embeddingConfig.outputEmbeddingLength].0", usual: 1024,
	}
	cohereEmbedding = embedder{
		accepts: func(_ string, doc gjson.Result) bool {
			return doc.Get("input_type").Exists() || doc.Get("texts").IsArray()
		},
		inputs: func(doc gjson.Result) []string {
			return append(texts(doc.Get("texts")), texts(doc.Get("inputs.#.content.#.text|@flatten"))...)
		},
		answer: cohereVectors,
		size:   "output_dimension", usual: 1024,
	}
	novaEmbedding = embedder{
		accepts: func(_ string, doc gjson.Result) bool { return doc.Get("singleEmbeddingParams").Exists() },
		inputs: func(doc gjson.Result) []string {
			return []string{doc.Get("singleEmbeddingParams.text.value").String()}
		},
		answer: func(_ Ask, vectors [][]float64) object {
			return object{"embeddings": []any{object{"embeddingType": "TEXT", "embedding": vectors[0]}}}
		},
		size: "singleEmbeddingParams.embeddingDimension", usual: 3072,
	}
)

func titanVector(ask Ask, vectors [][]float64) object {
	out := object{"embedding": vectors[0], "inputTextTokenCount": count(ask.Inputs[0])}
	if ask.form.(embedded).typed {
		out["embeddingsByType"] = object{"float": vectors[0]}
	}
	return out
}

func cohereVectors(ask Ask, vectors [][]float64) object {
	out := object{"id": requestID(), "texts": ask.Inputs, "embeddings": vectors, "response_type": "embeddings_floats"}
	if ask.form.(embedded).typed {
		out["embeddings"], out["response_type"] = object{"float": vectors}, "embeddings_by_type"
	}
	return out
}
