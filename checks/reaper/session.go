package reaper

import (
	"fmt"
	"reflect"
)

// Session is what the platform would have made of a run's time lines.
type Session struct {
	// Class is the worst of all time lines and readings.
	Class Class `json:"costClass"`
	// IdleTimeout is idleRuntimeSessionTimeout in seconds (LIFE-06).
	IdleTimeout float64 `json:"idleTimeout"`
	// MaxLifetime is maxLifetime in seconds (LIFE-07).
	MaxLifetime float64 `json:"maxLifetime"`
	// Readings are the accounts of the platform that were played, and on whose word each stands.
	Readings []Account `json:"readings"`
	Lines    []Line    `json:"timeLines"`
}

// Line is one time line and its courses, more than one where the readings differ. All times are in seconds from the start of
// its container.
type Line struct {
	Name string `json:"name"`
	// From and To are the first and the last moment of the record; Polls and Calls count what lies between. Calls that
	// overlap count once.
	From    float64  `json:"from"`
	To      float64  `json:"to"`
	Polls   int      `json:"polls"`
	Calls   int      `json:"calls"`
	Courses []Course `json:"courses"`
}

// Play plays time lines in every reading; nil where none holds anything.
func Play(lines []TimeLine, settings Settings) *Session {
	out := &Session{IdleTimeout: settings.Idle, MaxLifetime: settings.Lifetime, Readings: Accounts()}
	for i := range lines {
		if played, ok := playLine(&lines[i], settings); ok {
			out.Lines = append(out.Lines, played)
		}
	}
	if len(out.Lines) == 0 {
		return nil
	}
	out.Class = out.Worst().Worst().Class
	return out
}

func playLine(l *TimeLine, settings Settings) (Line, bool) {
	var courses []Course
	for _, a := range Accounts() {
		if c, ok := Simulate(l, settings, a.Name); ok {
			courses = agreed(courses, c)
		}
	}
	all := l.moments()
	if len(all) == 0 {
		return Line{}, false
	}
	return Line{
		Name: l.Name, From: rounded(all[0].at), To: rounded(all[len(all)-1].at), Polls: len(l.inOrder()), Calls: len(l.merged()), Courses: courses,
	}, true
}

// agreed adds a course, or its reading to one that is the same.
func agreed(courses []Course, c Course) []Course {
	for i := range courses {
		same := c
		same.Readings = courses[i].Readings
		if reflect.DeepEqual(same, courses[i]) {
			courses[i].Readings = append(courses[i].Readings, c.Readings...)
			return courses
		}
	}
	return append(courses, c)
}

// Worst is the time line with the gravest course, the first of several.
func (s *Session) Worst() *Line {
	worst := &s.Lines[0]
	for i := range s.Lines {
		if grave[s.Lines[i].Worst().Class] > grave[worst.Worst().Class] {
			worst = &s.Lines[i]
		}
	}
	return worst
}

// Worst is the gravest course.
func (l *Line) Worst() *Course {
	worst := &l.Courses[0]
	for i := range l.Courses {
		if grave[l.Courses[i].Class] > grave[worst.Class] {
			worst = &l.Courses[i]
		}
	}
	return worst
}

// Costly reports a class that nobody wants to pay for, in money or in lost work.
func (c Class) Costly() bool { return c == NeverIdle || c == KilledWhileBusy }

// Text says for people what becomes of the worst time line, one line for each course, the gravest first.
func (s *Session) Text() []string {
	line := s.Worst()
	worst := line.Worst()
	if len(line.Courses) == 1 {
		return []string{fmt.Sprintf("%s (%s): %s", worst.Class, line.Name, worst.Because)}
	}
	out := []string{fmt.Sprintf("%s (%s, %s): %s", worst.Class, line.Name, worst.Readings[0], worst.Because)}
	for i := range line.Courses {
		if c := &line.Courses[i]; c != worst {
			out = append(out, fmt.Sprintf("%s (%s): %s", c.Class, c.Readings[0], c.Because))
		}
	}
	return out
}
