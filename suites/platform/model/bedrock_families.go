package model

import (
	"strings"

	"github.com/tidwall/gjson"
)

// The families that complete a prompt, after the parameters that Bedrock's user guide has for each.
var (
	titanText = prompted{
		accepts: func(string, gjson.Result) bool { return true },
		prompt:  "inputText",
		answer: func(c completed) object {
			result := object{"tokenCount": c.out, "outputText": c.text, "completionReason": c.stop("FINISH")}
			return object{"inputTextTokenCount": c.in, "results": []any{result}}
		},
		chunk: func(c completed) object {
			return object{"outputText": c.text, "index": 0, "totalOutputTextTokenCount": c.out, "completionReason": c.stop("FINISH"), "inputTextTokenCount": c.in}
		},
	}
	llama = prompted{
		accepts: byName("meta.", "max_gen_len"), prompt: "prompt", answer: llamaAnswer, chunk: llamaAnswer,
	}
	mistralText = prompted{
		accepts: byName("mistral", "mistral"), prompt: "prompt", answer: mistralAnswer, chunk: mistralAnswer,
	}
	claudeText = prompted{
		accepts: byName("anthropic.", "max_tokens_to_sample"), prompt: "prompt", answer: claudeAnswer, chunk: claudeAnswer,
	}
	cohereText = prompted{
		accepts: byName("cohere.", "return_likelihoods"), prompt: "prompt",
		answer: func(c completed) object {
			text := object{"id": requestID(), "text": c.text, "finish_reason": c.stop("COMPLETE")}
			return object{"id": requestID(), "generations": []any{text}, "prompt": ""}
		},
		chunk: func(c completed) object {
			if c.done {
				return object{"is_finished": true, "finish_reason": "COMPLETE"}
			}
			return object{"index": 0, "is_finished": false, "text": c.text}
		},
	}
	// completion is what other models have that complete a prompt, DeepSeek's and imported ones.
	completion = prompted{
		accepts: func(string, gjson.Result) bool { return true }, prompt: "prompt", answer: completionAnswer, chunk: completionAnswer,
	}
)

// byName accepts a family by a part of the model's id, or by a parameter that no other family has.
func byName(id, parameter string) func(string, gjson.Result) bool {
	return func(model string, doc gjson.Result) bool {
		return strings.Contains(model, id) || doc.Get(parameter).Exists()
	}
}

func llamaAnswer(c completed) object {
	return object{"generation": c.text, "prompt_token_count": c.in, "generation_token_count": c.out, "stop_reason": c.stop("stop")}
}

func mistralAnswer(c completed) object {
	return object{"outputs": []any{object{"text": c.text, "stop_reason": c.stop("stop")}}}
}

func claudeAnswer(c completed) object {
	return object{"type": "completion", "completion": c.text, "stop_reason": c.stop("stop_sequence"), "stop": c.stop("\n\nHuman:")}
}

func completionAnswer(c completed) object {
	return object{"choices": []any{object{"index": 0, "text": c.text, "stop_reason": c.stop("stop")}}}
}
