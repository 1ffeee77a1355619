package timeline

import (
	"fmt"
	"strings"
)

// figureRules are the style of what stands around the picture in a page, in light and in dark surroundings.
var figureRules = fmt.Sprintf(`.%[1]s-figure{margin:0;padding:8px;max-width:%[2]spx;background:%[3]s;color:%[4]s;font:14px/1.5 system-ui,sans-serif}`+
	`.%[1]s-figure svg{width:100%%;height:auto;display:block}`+
	`.%[1]s-figure figcaption{padding:0 24px 16px}`+
	`.%[1]s-figure summary{cursor:pointer}`+
	`.%[1]s-figure div{overflow-x:auto}`+
	`.%[1]s-figure table{border-collapse:collapse;color:inherit;font-size:12px;font-variant-numeric:tabular-nums}`+
	`.%[1]s-figure th,.%[1]s-figure td{padding:2px 12px 2px 0;text-align:left;vertical-align:top;font-weight:normal;border-bottom:1px solid #8884}`+
	`.%[1]s-figure thead th{font-weight:600;vertical-align:bottom}`+
	`.%[1]s-figure td{min-width:4em}.%[1]s-figure tbody th{white-space:nowrap}`+
	`@media (prefers-color-scheme:dark){.%[1]s-figure{background:%[5]s;color:%[6]s}}`,
	class, pixels(width), paper.light, inkLight, paper.dark, inkDark)

// HTML writes the picture as a fragment for any page: a figure with the SVG, a caption, and the numbers as a table for those
// who cannot see it. It is ASCII, so that it reads the same whatever the page is encoded in.
func (l *Line) HTML() []byte {
	var c canvas
	c.printf("<figure class=\"%s-figure\">\n", class)
	c.out.Write(l.svg(figureRules))
	c.printf("<figcaption>\n<p>%s</p>\n", escape(l.caption()))
	if !l.empty() {
		c.printf("<details>\n<summary>The numbers of this picture</summary>\n<div tabindex=\"0\" role=\"group\" aria-label=\"The numbers\">\n")
		c.table(l.table())
		c.printf("</div>\n</details>\n")
	}
	c.printf("</figcaption>\n</figure>\n")
	return c.out.Bytes()
}

// caption says how the picture is to be read.
func (l *Line) caption() string {
	if l.empty() {
		return "A run in which a container was watched shows here its memory, its latencies and its health over time."
	}
	text := "Everything that was seen lies on one axis of time."
	if len(l.Checks) > 0 {
		text += " In the health status, what is worse is drawn taller."
	}
	if len(l.Marks) > 0 {
		text += " A broken red line is where the process had ended."
	}
	return text
}

// table writes rows of which the first is the head and the first cell of each names it.
func (c *canvas) table(rows [][]string) {
	c.printf("<table>\n")
	for i, row := range rows {
		switch i {
		case 0:
			c.printf("<thead>\n")
		case 1:
			c.printf("<tbody>\n")
		}
		c.printf("<tr>")
		for j, cell := range row {
			switch {
			case i == 0:
				c.printf(`<th scope="col">%s</th>`, escape(cell))
			case j == 0:
				c.printf(`<th scope="row">%s</th>`, escape(cell))
			default:
				c.printf("<td>%s</td>", escape(cell))
			}
		}
		c.printf("</tr>\n")
		if i == 0 {
			c.printf("</thead>\n")
		}
	}
	c.printf("</tbody>\n</table>\n")
}

// mostRows is how many stretches of time the table has at most.
const mostRows = 24

// table is the picture in numbers: a row for the whole time, then one for each stretch of it.
func (l *Line) table() [][]string {
	rows := [][]string{{"Time"}, {"all"}}
	pieces := []*Line{l}
	at, step := l.moments(mostRows)
	for i, from := 0, l.From; from < l.To; i++ {
		to, until := l.To, "the end"
		for i < len(at) && at[i] <= from {
			i++
		}
		if i < len(at) && at[i] < l.To {
			to, until = at[i], l.moment(at[i], step)
		}
		pieces = append(pieces, l.cut(from, to))
		rows = append(rows, []string{l.moment(from, step) + " to " + until})
		from = to
	}
	for _, col := range l.tableColumns() {
		rows[0] = append(rows[0], col.name)
		for i, piece := range pieces {
			rows[i+1] = append(rows[i+1], col.cell(piece))
		}
	}
	return rows
}

// tableColumn is one column: its name, and what it says of a line or a piece of one.
type tableColumn struct {
	name string
	cell func(*Line) string
}

func (l *Line) tableColumns() []tableColumn {
	var out []tableColumn
	for i, s := range l.Series {
		out = append(out, tableColumn{s.Title + ", lowest to highest", func(l *Line) string { return l.Series[i].extent() }})
	}
	if len(l.Turns) > 0 {
		out = append(out, tableColumn{"Turns", (*Line).turnCount})
		out = append(out, latencyColumns("Turn", (*Line).turnTimes)...)
	}
	if len(l.Checks) > 0 {
		out = append(out, tableColumn{"Health checks", (*Line).checkCount})
		out = append(out, latencyColumns("Health check", (*Line).checkTimes)...)
	}
	if len(l.Marks) > 0 {
		out = append(out, tableColumn{"Ends of the process", func(l *Line) string { return thousands(len(l.Marks)) }})
	}
	return out
}

// nothing stands in a cell of which nothing is known.
const nothing = "-"

func (s Series) extent() string {
	v := sorted(values(flat(s.Parts)))
	if len(v) == 0 {
		return nothing
	}
	return between(s.Unit, v[0], v[len(v)-1])
}

// latencyColumns are the percentiles of one kind of latency.
func latencyColumns(what string, points func(*Line) []Point) []tableColumn {
	column := func(name string, q float64) tableColumn {
		return tableColumn{what + " " + name, func(l *Line) string {
			v := sorted(values(points(l)))
			if len(v) == 0 {
				return nothing
			}
			return amount(Duration, quantile(v, q))
		}}
	}
	return []tableColumn{column("p50", 0.5), column("p95", 0.95), column("slowest", 1)}
}

func (l *Line) turnCount() string {
	if failed := l.failures(); failed > 0 {
		return fmt.Sprintf("%s, %s failed", thousands(len(l.Turns)), thousands(failed))
	}
	return thousands(len(l.Turns))
}

func (l *Line) checkCount() string {
	var parts []string
	for s, n := range l.tally() {
		if n > 0 {
			parts = append(parts, l.often(Status(s), n))
		}
	}
	if len(parts) == 0 {
		return nothing
	}
	return strings.Join(parts, ", ")
}
