package reports

import (
	"fmt"
	"strings"
)

// Declaration is a project file that settings were taken from: what was tested is what it declares, but for what was
// overruled.
type Declaration struct {
	// File is the file as it was named, Agent the agent in it.
	File  string `json:"file"`
	Agent string `json:"agent"`
	// Build is how the project deploys the agent, and Entry what it starts, in the file's own words; empty where it says
	// nothing. A run takes neither: it tests an image.
	Build string `json:"build,omitempty"`
	Entry string `json:"entry,omitempty"`
	// Settings are those that the file holds and the command has.
	Settings []DeclaredSetting `json:"settings,omitempty"`
}

// DeclaredSetting is one setting of a project file.
type DeclaredSetting struct {
	// Setting is the flag's name. Value is the declared value; of a variable, its name alone.
	Setting string `json:"setting"`
	Value   string `json:"value"`
	// OverruledBy says whose value was used instead, such as the command line; empty where this one was taken.
	OverruledBy string `json:"overruledBy,omitempty"`
}

// text says in one line what was taken from where.
func (d *Declaration) text() string {
	var taken, overruled []string
	for _, s := range d.Settings {
		if s.OverruledBy != "" {
			overruled = append(overruled, fmt.Sprintf("%s %s by %s", s.Setting, s.Value, s.OverruledBy))
			continue
		}
		taken = append(taken, s.Setting+" "+s.Value)
	}
	parts := []string{d.File + "#" + d.Agent, listed("took ", taken), listed("overruled: ", overruled)}
	if d.Build != "" && !strings.EqualFold(d.Build, "Container") {
		parts = append(parts, fmt.Sprintf("deploys it as %s, which this image does not show", d.Build))
	}
	return dotted(append(parts, labelled("entry", d.Entry))...)
}

func listed(label string, words []string) string {
	if len(words) == 0 {
		return ""
	}
	return label + someOf(words)
}
