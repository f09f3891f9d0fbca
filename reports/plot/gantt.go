package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	maxLanes   = 60
	laneHeight = vg.Length(13)
)

// Gantt draws the pods of a run over time. A pod of an Indexed Job lies in the lane of its index, other pods share a
// lane if they do not overlap. Bars are coloured and hatched by outcome and bear the attempt; before the start and
// after the deletion timestamp they are narrow. A dotted line is the wait for another attempt.
func Gantt(title string, run *reports.Run) *Figure {
	f := &Figure{Name: "gantt", Title: title, width: defaultWidth,
		Columns: []string{"lane", "pod", "created", "started", "terminated", "ended", "outcome", "gap_seconds"}}
	end := run.End
	span := unitFor(end.Sub(0).Seconds())
	g := &gantt{span: span, end: end}
	pods := g.lay(run)
	shown := min(len(g.lanes), maxLanes)
	for _, b := range g.bars {
		gap := ""
		if b.gap > 0 {
			gap = number(b.gap.Seconds())
		}
		f.row(g.lanes[b.lane], b.pod.Ref.String(), seconds(b.pod.Created), seconds(b.pod.Started),
			seconds(b.pod.Terminated), seconds(b.pod.Ended), b.pod.Outcome(), gap)
	}
	h := &run.Trace.Header
	f.Notes = append(f.Notes, fmt.Sprintf("n = %d pods; world %s, seed %d, replication %d", pods, h.World, h.Seed,
		h.Replication))
	if shown < len(g.lanes) {
		f.Notes = append(f.Notes, fmt.Sprintf("the first %d of %d lanes", shown, len(g.lanes)))
	}
	for _, o := range outcomes {
		if slices.ContainsFunc(g.bars, func(b bar) bool { return outcomeOf(b.pod) == o.name }) {
			f.legend = append(f.legend, entry{o.name, symbol(func(c *draw.Canvas) {
				o.fill(c, vg.Rectangle{Min: vg.Point{X: c.Min.X, Y: c.Min.Y}, Max: vg.Point{X: c.Max.X, Y: c.Max.Y + 1}})
			})})
		}
	}
	f.legend = append(f.legend, entry{"not started, or terminating", symbol(func(c *draw.Canvas) {
		pendingBar(c, c.Min.X, c.Max.X, c.Center().Y, 8)
	})})
	if slices.ContainsFunc(g.bars, func(b bar) bool { return b.gap > 0 }) {
		f.legend = append(f.legend, entry{"wait for the next attempt", stroke(gapLine)})
	}
	p := newPanel("time since the scenario started ("+span.name+")", g.laneKind, span.ticks)
	p.X.Min, p.X.Max = 0, math.Max(end.Sub(0).Seconds()/span.seconds, 1e-9)
	p.Y.Min, p.Y.Max = -float64(shown)+0.5, 0.5
	p.Y.Tick.Marker = laneTicks(g.lanes[:shown])
	p.Y.Tick.Length = 0
	p.Y.Padding = 0
	p.Add(g)
	f.panels = []*gonum.Plot{p}
	f.height = 55 + laneHeight*vg.Length(max(shown, 3))
	return f
}

func seconds(t des.Time) string {
	if t == des.Never {
		return ""
	}
	return number(t.Sub(0).Seconds())
}

// laneTicks are the names of the lanes; of many, every second or more.
func laneTicks(lanes []string) gonum.ConstantTicks {
	every := 1 + (len(lanes)-1)/30
	var out gonum.ConstantTicks
	for i, name := range lanes {
		if i%every == 0 {
			out = append(out, gonum.Tick{Value: -float64(i), Label: name})
		}
	}
	return out
}

// gantt is the plotter.
type gantt struct {
	span     unit
	end      des.Time
	lanes    []string
	laneKind string
	bars     []bar
}

type bar struct {
	pod  *reports.Pod
	lane int
	gap  des.Duration // until the next attempt; 0 is none
}

// lay puts the pods of all Jobs into lanes and says how many there are.
func (g *gantt) lay(run *reports.Run) (pods int) {
	indexed := false
	for _, j := range run.Jobs {
		prefix := ""
		if len(run.Jobs) > 1 {
			prefix = j.Name + " "
		}
		gaps := map[*reports.Pod]des.Duration{}
		for _, gap := range j.Gaps() {
			gaps[gap.After] = gap.Span
		}
		byCreation := slices.Clone(j.Pods)
		slices.SortStableFunc(byCreation, func(a, b *reports.Pod) int { return cmp.Compare(a.Created, b.Created) })
		first := len(g.lanes)
		var free []des.Time // by lane from first on: when its last pod has ended
		laneOf := map[int32]int{}
		if len(j.Pods) > 0 && j.Pods[0].Ref.Index != api.NoIndex {
			indexed = true
			for _, p := range j.Pods { // by index
				if _, ok := laneOf[p.Ref.Index]; !ok {
					laneOf[p.Ref.Index] = len(g.lanes)
					g.lanes = append(g.lanes, prefix+strconv.Itoa(int(p.Ref.Index)))
				}
			}
		}
		for _, p := range byCreation {
			lane, ok := laneOf[p.Ref.Index]
			if !ok {
				at := slices.IndexFunc(free, func(t des.Time) bool { return t <= p.Created })
				if at < 0 {
					at = len(free)
					free = append(free, 0)
					g.lanes = append(g.lanes, prefix+strconv.Itoa(at+1))
				}
				free[at] = g.ends(p)
				lane = first + at
			}
			g.bars = append(g.bars, bar{p, lane, gaps[p]})
		}
		pods += len(j.Pods)
	}
	g.laneKind = "slot"
	if indexed {
		g.laneKind = "index"
	}
	return pods
}

// ends is when the pod was over, or the end of the run.
func (g *gantt) ends(p *reports.Pod) des.Time {
	return min(p.Ended, p.Removed, g.end)
}

// outcome is how a pod that came to it is drawn.
type outcome struct {
	name  string
	color color.NRGBA
	hatch func(c *draw.Canvas, r vg.Rectangle)
}

var outcomes = []outcome{
	{"Succeeded", green, nil},
	{"Failed", vermillion, diagonal},
	{"removed before it ended", purple, upright},
	{"still there at the end", skyBlue, nil},
}

func outcomeOf(p *reports.Pod) string {
	switch {
	case p.Ended != des.Never && p.Succeeded:
		return outcomes[0].name
	case p.Ended != des.Never:
		return outcomes[1].name
	case p.Removed != des.Never:
		return outcomes[2].name
	}
	return outcomes[3].name
}

func (o *outcome) fill(c *draw.Canvas, r vg.Rectangle) {
	c.FillPolygon(o.color, []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}})
	if o.hatch != nil {
		o.hatch(c, r)
	}
}

var hatchLine = draw.LineStyle{Color: white, Width: 0.9}

// diagonal hatches r with lines at 45 degrees.
func diagonal(c *draw.Canvas, r vg.Rectangle) {
	height := r.Max.Y - r.Min.Y
	for x := r.Min.X - height; x < r.Max.X; x += 5 {
		from, to := max(x, r.Min.X), min(x+height, r.Max.X)
		if from < to {
			c.StrokeLine2(hatchLine, from, r.Min.Y+from-x, to, r.Min.Y+to-x)
		}
	}
}

// upright hatches r with vertical lines.
func upright(c *draw.Canvas, r vg.Rectangle) {
	for x := r.Min.X + 3; x < r.Max.X; x += 3 {
		c.StrokeLine2(hatchLine, x, r.Min.Y, x, r.Max.Y)
	}
}

var gapLine = draw.LineStyle{Color: dark, Width: 1.1, Dashes: []vg.Length{1.1, 2.2}}

// pendingBar is a narrow grey bar, of a third of height.
func pendingBar(c *draw.Canvas, from, to, y, height vg.Length) {
	c.FillPolygon(grey, []vg.Point{{X: from, Y: y - height/6}, {X: to, Y: y - height/6},
		{X: to, Y: y + height/6}, {X: from, Y: y + height/6}})
}

// Plot draws the bars.
func (g *gantt) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	at := func(t des.Time) vg.Length { return x(min(t, g.end).Sub(0).Seconds() / g.span.seconds) }
	height := min(laneHeight*0.72, (y(1)-y(0))*0.8)
	for _, b := range g.bars {
		if b.lane >= maxLanes {
			continue
		}
		middle := y(-float64(b.lane))
		if b.gap > 0 {
			g.drawGap(&c, at(b.pod.Ended), at(b.pod.Ended.Add(b.gap)), middle, b.gap)
		}
		g.drawBar(&c, b.pod, at, middle, height)
	}
}

func (g *gantt) drawBar(c *draw.Canvas, pod *reports.Pod, at func(des.Time) vg.Length, middle, height vg.Length) {
	ended := g.ends(pod)
	started, full := min(pod.Started, ended), min(pod.Terminated, ended)
	pendingBar(c, at(pod.Created), max(at(started), at(pod.Created)), middle, height)
	from, to, over := at(started), max(at(max(full, started)), at(started)), at(ended)
	if over > to {
		pendingBar(c, to, over, middle, height)
	}
	if pod.Started == des.Never && pod.Ended == des.Never {
		return
	}
	to = max(to, from+1) // what took no time is seen too
	for i := range outcomes {
		if o := &outcomes[i]; o.name == outcomeOf(pod) {
			o.fill(c, vg.Rectangle{Min: vg.Point{X: from, Y: middle - height/2}, Max: vg.Point{X: to, Y: middle + height/2}})
		}
	}
	c.StrokeLine2(draw.LineStyle{Color: white, Width: 0.6}, to, middle-height/2, to, middle+height/2)
	label := strconv.Itoa(int(pod.Ref.Attempt))
	s := bold(style(min(tickSize, height*0.95), white))
	if wide := s.Width(label); pod.Ref.Index != api.NoIndex && to-from > wide+6 {
		box := outcomeColor(pod)
		left := from + 2
		c.FillPolygon(box, []vg.Point{{X: left - 1, Y: middle - height/2}, {X: left + wide + 1, Y: middle - height/2},
			{X: left + wide + 1, Y: middle + height/2}, {X: left - 1, Y: middle + height/2}})
		c.FillText(s, vg.Point{X: left, Y: middle - s.Font.Size*0.36}, label)
	}
}

func outcomeColor(pod *reports.Pod) color.NRGBA {
	for _, o := range outcomes {
		if o.name == outcomeOf(pod) {
			return o.color
		}
	}
	return black
}

// drawGap draws a wait, with its length if there is room.
func (g *gantt) drawGap(c *draw.Canvas, from, to, y vg.Length, gap des.Duration) {
	if to-from < 3 {
		return
	}
	c.StrokeLine2(gapLine, from, y, to, y)
	label := number(math.Round(gap.Seconds()*10)/10) + " s"
	s := style(tickSize-1, dark)
	if wide := s.Width(label); to-from > wide+10 {
		middle := (from + to) / 2
		c.FillPolygon(white, []vg.Point{{X: middle - wide/2 - 2, Y: y - 4}, {X: middle + wide/2 + 2, Y: y - 4},
			{X: middle + wide/2 + 2, Y: y + 4}, {X: middle - wide/2 - 2, Y: y + 4}})
		c.FillText(s, vg.Point{X: middle - wide/2, Y: y - s.Font.Size*0.36}, label)
	}
}
