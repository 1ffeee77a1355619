package otlp

import (
	"encoding/json"
	"errors"

	"github.com/tidwall/gjson"
)

// lists are the names of the lists that each signal nests in.
var lists = map[string]struct{ groups, scoped, items string }{
	traces:  {"resourceSpans", "scopeSpans", "spans"},
	metrics: {"resourceMetrics", "scopeMetrics", "metrics"},
	logs:    {"resourceLogs", "scopeLogs", "logRecords"},
}

// pointLists are the kinds of a metric.
var pointLists = []string{"gauge", "sum", "histogram", "exponentialHistogram", "summary"}

// readJSON walks over the document without building it, which would take many times its size. The validation of the
// standard library bounds the depth.
func (c *content) readJSON(signal string, body []byte) error {
	if !json.Valid(body) || !gjson.ParseBytes(body).IsObject() {
		return errors.New("the body is no JSON object")
	}
	names := lists[signal]
	each(gjson.GetBytes(body, names.groups), func(group gjson.Result) {
		each(group.Get("resource.attributes"), func(a gjson.Result) { c.addResource(a.Get("key").String(), textOf(a)) })
		each(group.Get(names.scoped), func(scoped gjson.Result) {
			c.addScope(scoped.Get("scope.name").String())
			each(scoped.Get(names.items), func(item gjson.Result) { c.addItem(signal, item) })
		})
	})
	return nil
}

// each visits the objects of a list.
func each(list gjson.Result, visit func(gjson.Result)) {
	if !list.IsArray() {
		return
	}
	list.ForEach(func(_, item gjson.Result) bool {
		if item.IsObject() {
			visit(item)
		}
		return true
	})
}

func (c *content) addItem(signal string, item gjson.Result) {
	switch signal {
	case traces:
		session := ""
		each(item.Get("attributes"), func(a gjson.Result) {
			if a.Get("key").String() == sessionAttribute {
				session = textOf(a)
			}
		})
		c.addSpan(item.Get("name").String(), session)
	case metrics:
		for _, kind := range pointLists {
			each(item.Get(kind+".dataPoints"), func(gjson.Result) { c.items++ })
		}
	case logs:
		c.items++
	}
}

// textOf is an attribute's value: a text, or a whole number, which JSON has as a text or as a number. Other kinds of
// values are empty.
func textOf(attribute gjson.Result) string {
	value := attribute.Get("value")
	if text := value.Get("stringValue"); text.Exists() {
		return text.String()
	}
	return value.Get("intValue").String()
}
