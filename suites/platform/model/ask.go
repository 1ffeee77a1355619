package model

import "strings"

// Ask is a request for an answer in the terms that all vendors share.
type Ask struct {
	// Model is the id of the model that was asked for; Stream whether the answer shall come in events.
	Model  string
	Stream bool
	// Turns is the conversation, oldest first, the system's instructions included.
	Turns []Turn
	// Tools are those that the agent offers.
	Tools []Tool
	// Usage says that a stream shall end with the count of tokens where the vendor leaves that to the client.
	Usage bool
	// Schema is the JSON Schema that the answer must follow, as far as the request names one.
	Schema []byte
	// Must is the name of the tool that the model has to call, AnyTool for one of its choice, NoTool for none; empty where
	// it may answer in words.
	Must string
	// Inputs are the texts of an embedding request, which is no conversation.
	Inputs []string
	// Aside says that nothing is asked of the model itself: a list of models, a count of tokens. No script is played then.
	Aside bool
	// Previous is the id of the answer that the conversation goes on from, where the service keeps it; Keep says that it
	// shall keep this one.
	Previous string
	Keep     bool
	// form is what an operation remembers of the request to answer in the same form.
	form any
}

// What Ask.Must says besides a tool's name.
const (
	AnyTool = "*"
	NoTool  = "-"
)

// Role says whose turn it is.
type Role string

// The roles of a conversation.
const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
	// Result is what a tool gave back.
	Result Role = "tool"
)

// Turn is one message: all its text, reassembled.
type Turn struct {
	Role Role
	Text string
}

// Tool is a function that the agent offers to the model.
type Tool struct {
	Name string
	// Schema is the JSON Schema of its arguments.
	Schema []byte
}

// last is the text of the last user turn.
func (a Ask) last() string {
	for i := len(a.Turns) - 1; i >= 0; i-- {
		if a.Turns[i].Role == User {
			return a.Turns[i].Text
		}
	}
	return ""
}

// results counts the tool results since the model spoke last: with them it answers in words. Frameworks put user turns of
// their own behind results, so those end nothing.
func (a Ask) results() int {
	n := 0
	for _, t := range a.Turns {
		switch t.Role {
		case Assistant:
			n = 0
		case Result:
			n++
		}
	}
	return n
}

// text is the whole conversation.
func (a Ask) text() string {
	var b strings.Builder
	for _, t := range a.Turns {
		b.WriteString(string(t.Role) + ": " + t.Text + "\n")
	}
	for _, in := range a.Inputs {
		b.WriteString("input: " + in + "\n")
	}
	return b.String()
}
