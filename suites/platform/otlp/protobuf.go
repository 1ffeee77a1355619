package otlp

import (
	"cmp"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers are those of opentelemetry-proto, version 1. They are read by hand because the generated types would add
// 1.6 MB to the command for a few counts. All signals nest alike: a request holds groups by resource in field 1, a group
// its resource in field 1 and groups by scope in field 2, those their scope in field 1 and the items in field 2.
const (
	fieldGroup, fieldResource, fieldScoped, fieldScope, fieldItem = 1, 1, 2, 1, 2
	fieldResourceAttribute, fieldScopeName                        = 1, 1
	fieldSpanName, fieldSpanAttribute                             = 5, 9
	fieldKey, fieldValue                                          = 1, 2
	fieldString, fieldInt                                         = 1, 3
	fieldPoint                                                    = 1
)

// pointFields are the kinds of a metric: gauge, sum, histogram, exponential histogram, summary.
var pointFields = map[protowire.Number]bool{5: true, 7: true, 9: true, 10: true, 11: true}

func (c *content) readProtobuf(signal string, body []byte) error {
	return messages(body, fieldGroup, func(group []byte) error {
		return eachField(group, func(number protowire.Number, value []byte) error {
			switch number {
			case fieldResource:
				return messages(value, fieldResourceAttribute, c.resourceAttribute)
			case fieldScoped:
				return c.scoped(signal, value)
			}
			return nil
		})
	})
}

func (c *content) resourceAttribute(b []byte) error {
	key, value, err := attribute(b)
	c.addResource(key, value)
	return err
}

func (c *content) scoped(signal string, b []byte) error {
	return eachField(b, func(number protowire.Number, value []byte) error {
		switch number {
		case fieldScope:
			return messages(value, fieldScopeName, func(name []byte) error {
				c.addScope(string(name))
				return nil
			})
		case fieldItem:
			return c.item(signal, value)
		}
		return nil
	})
}

func (c *content) item(signal string, b []byte) error {
	switch signal {
	case traces:
		return c.span(b)
	case metrics:
		return eachField(b, func(number protowire.Number, value []byte) error {
			if !pointFields[number] {
				return nil
			}
			return messages(value, fieldPoint, func([]byte) error { c.items++; return nil })
		})
	}
	c.items++
	return eachField(b, func(protowire.Number, []byte) error { return nil })
}

func (c *content) span(b []byte) error {
	var name, session string
	err := eachField(b, func(number protowire.Number, value []byte) error {
		switch number {
		case fieldSpanName:
			name = string(value)
		case fieldSpanAttribute:
			key, text, err := attribute(value)
			if key == sessionAttribute {
				session = text
			}
			return err
		}
		return nil
	})
	c.addSpan(name, session)
	return err
}

// attribute reads a KeyValue; a value that is neither a text nor a whole number is empty.
func attribute(b []byte) (key, value string, err error) {
	err = eachField(b, func(field protowire.Number, raw []byte) (err error) {
		switch field {
		case fieldKey:
			key = string(raw)
		case fieldValue:
			value, err = anyValue(raw)
		}
		return err
	})
	return key, value, err
}

func anyValue(b []byte) (value string, err error) {
	err = walk(b, func(number protowire.Number, kind protowire.Type, raw []byte) {
		switch {
		case number == fieldString && kind == protowire.BytesType:
			text, _ := protowire.ConsumeBytes(raw)
			value = string(text)
		case number == fieldInt && kind == protowire.VarintType:
			n, _ := protowire.ConsumeVarint(raw)
			value = strconv.FormatInt(int64(n), 10)
		}
	})
	return value, err
}

// messages visits the values of one field: messages or texts.
func messages(b []byte, field protowire.Number, visit func([]byte) error) error {
	return eachField(b, func(number protowire.Number, value []byte) error {
		if number != field {
			return nil
		}
		return visit(value)
	})
}

// eachField visits the fields that have a length: messages and texts. The first error of a visit is returned.
func eachField(b []byte, visit func(number protowire.Number, value []byte) error) error {
	var failed error
	err := walk(b, func(number protowire.Number, kind protowire.Type, raw []byte) {
		if kind != protowire.BytesType || failed != nil {
			return
		}
		value, _ := protowire.ConsumeBytes(raw)
		failed = visit(number, value)
	})
	return cmp.Or(failed, err)
}

// walk visits all fields of a message, which it checks on the way.
func walk(b []byte, visit func(number protowire.Number, kind protowire.Type, raw []byte)) error {
	for len(b) > 0 {
		number, kind, size := protowire.ConsumeTag(b)
		if size < 0 {
			return fmt.Errorf("the protobuf message is broken: %w", protowire.ParseError(size))
		}
		b = b[size:]
		size = protowire.ConsumeFieldValue(number, kind, b)
		if size < 0 {
			return fmt.Errorf("the protobuf message is broken in field %d: %w", number, protowire.ParseError(size))
		}
		visit(number, kind, b[:size])
		b = b[size:]
	}
	return nil
}
