package load

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
	hostsite "github.com/tabstate/tabstate/host/site"
)

// rounds are interleaved: what else the machine does meets all servers alike.
const rounds = 7

// workload is what is asked for. pause is how long each client waits after an answer, "from, to" in milliseconds, so that all servers
// get about a third of the requests that they could answer.
type workload struct{ name, target, accept, pause string }

// figures are what one round gave: requests a second, the processor time of the server for each, and the time in which 99 of 100 were
// answered. At full load, with the one who asks on the same processors, that is the time for which the system lets each of them run
// (nginx's is 1 or 4 ms by how its workers happen to share the connections); so it is measured with pauses, too.
type figures struct {
	rate      float64
	processor time.Duration
	slowest   time.Duration
	unhurried time.Duration // the same with pauses
}

// BenchmarkBeside puts the host beside nginx, and caddy if it is there, on the same files with the same headers, and prints a table
// of medians; the ratios are those to nginx in the same round. It needs nginx and wrk, and the built runtime.
//
//	./build.sh bench-host
func BenchmarkBeside(b *testing.B) {
	folder, module := site(b)
	packed(b, folder)
	servers := []*server{host(b, folder), nginx(b, folder)}
	if _, err := exec.LookPath("caddy"); err == nil {
		servers = append(servers, caddy(b, folder))
	}
	workloads := []workload{
		{"page", "/todo.html", "identity", "1, 2"},
		{"page, compressed", "/todo.html", "gzip", "1, 2"},
		{"module, compressed", module, "gzip", "8, 14"},
	}
	for _, w := range workloads {
		sameAnswer(b, servers, w)
	}

	measured := map[string][]figures{} // by workload and server
	for range rounds {
		for _, w := range workloads {
			for _, s := range servers {
				key := w.name + s.name
				measured[key] = append(measured[key], s.measure(b, w))
			}
		}
	}
	fmt.Printf("\n| 64 connections | server | requests a second | × nginx | processor, each | 99 of 100 within | × nginx | with pauses | × nginx |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, w := range workloads {
		beside := measured[w.name+"nginx"]
		for _, s := range servers {
			m := measured[w.name+s.name]
			fmt.Printf("| %s | %s | %.0f | %.2f | %.1f µs | %.1f ms | %.2f | %.1f ms | %.2f |\n", w.name, s.name,
				median(m, beside, func(f, _ figures) float64 { return f.rate }),
				median(m, beside, func(f, n figures) float64 { return f.rate / n.rate }),
				median(m, beside, func(f, _ figures) float64 { return f.processor.Seconds() * 1e6 }),
				median(m, beside, func(f, _ figures) float64 { return f.slowest.Seconds() * 1e3 }),
				median(m, beside, func(f, n figures) float64 { return float64(f.slowest) / float64(n.slowest) }),
				median(m, beside, func(f, _ figures) float64 { return f.unhurried.Seconds() * 1e3 }),
				median(m, beside, func(f, n figures) float64 { return float64(f.unhurried) / float64(n.unhurried) }))
		}
	}
	b.ReportMetric(0, "ns/op")
}

// packed writes name.gz beside each page, as a build does.
func packed(b *testing.B, folder string) {
	names, err := filepath.Glob(filepath.Join(folder, "*.html"))
	require.NoError(b, err)
	for _, name := range names {
		page, err := os.ReadFile(name)
		require.NoError(b, err)
		f, err := os.Create(name + ".gz")
		require.NoError(b, err)
		z, _ := gzip.NewWriterLevel(f, gzip.BestCompression)
		_, err = z.Write(page)
		require.NoError(b, err)
		require.NoError(b, z.Close())
		require.NoError(b, f.Close())
	}
}

var nginxConfig = template.Must(template.New("nginx").Parse(`
worker_processes auto;
daemon off;
pid {{.Temporary}}/pid;
error_log {{.Temporary}}/errors;
events { worker_connections 4096; }
http {
  include /etc/nginx/mime.types;
  sendfile on; tcp_nopush on; access_log off; keepalive_requests 100000000; gzip_static on; server_tokens off;
  {{range $i, $p := .Paths}}{{$p}}_temp_path {{$.Temporary}}/{{$p}};
  {{end}}{{range .Headers}}add_header {{.Name}} "{{.Value}}" always;
  {{end}}server { listen {{.Address}}; root {{.Folder}}; }
}
`))

func nginx(b *testing.B, folder string) *server {
	temporary, address := b.TempDir(), free(b)
	config := filepath.Join(temporary, "nginx.conf")
	f, err := os.Create(config)
	require.NoError(b, err)
	require.NoError(b, nginxConfig.Execute(f, map[string]any{
		"Temporary": temporary, "Address": address, "Folder": folder,
		"Headers": append(headers.Default().Everywhere(), headers.Line{Name: "Cache-Control", Value: headers.CacheRevalidate}),
		"Paths":   []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"},
	}))
	require.NoError(b, f.Close())
	require.NoError(b, os.Chmod(folder, 0o755)) // its workers are another user
	require.NoError(b, os.Chmod(filepath.Dir(folder), 0o755))
	require.NoError(b, os.Chmod(filepath.Dir(temporary), 0o755))
	s, _ := run(b, "nginx", address, "nginx", "-e", filepath.Join(temporary, "errors"), "-c", config)
	return s.answers(b)
}

func caddy(b *testing.B, folder string) *server {
	address := free(b)
	var lines strings.Builder
	for _, l := range append(headers.Default().Everywhere(), headers.Line{Name: "Cache-Control", Value: headers.CacheRevalidate}) {
		fmt.Fprintf(&lines, "header %s %q\n", l.Name, l.Value)
	}
	config := filepath.Join(b.TempDir(), "Caddyfile")
	text := fmt.Sprintf("{\nadmin off\nauto_https off\n}\nhttp://%s {\nroot * %s\n%sfile_server {\nprecompressed gzip\n}\n}\n", address, folder, lines.String())
	require.NoError(b, os.WriteFile(config, []byte(text), 0o644))
	s, _ := run(b, "caddy", address, "caddy", "run", "--adapter", "caddyfile", "--config", config)
	return s.answers(b)
}

// sameAnswer requires that all servers send the same bytes under the same headers, so that they do the same work.
func sameAnswer(b *testing.B, servers []*server, w workload) {
	var first string
	for _, s := range servers {
		request, err := http.NewRequest("GET", "http://"+s.address+w.target, nil)
		require.NoError(b, err)
		request.Header.Set("Accept-Encoding", w.accept)
		answer, err := (&http.Transport{DisableCompression: true}).RoundTrip(request)
		require.NoError(b, err)
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		require.NoError(b, err)
		require.Equal(b, 200, answer.StatusCode, s.name)
		require.Equal(b, strings.TrimPrefix(w.accept, "identity"), answer.Header.Get("Content-Encoding"), s.name)
		for _, l := range headers.Default().Everywhere() {
			if strings.HasPrefix(w.target, hostsite.RuntimePath) {
				break // the host's are other ones there
			}
			require.Equal(b, l.Value, answer.Header.Get(l.Name), s.name)
		}
		if first == "" {
			first = string(body)
		}
		require.True(b, first == string(body), s.name+" sends other bytes")
	}
}

var (
	rateIn    = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	slowestIn = regexp.MustCompile(`99%\s+([\d.]+[mu]?s)`)
	countIn   = regexp.MustCompile(`(\d+) requests in`)
)

func (s *server) measure(b *testing.B, w workload) figures {
	before := s.processor(b)
	rate, slowest, count := s.load(b, w, "-d2s")
	processor := (s.processor(b) - before) / time.Duration(count)
	pauses := filepath.Join(b.TempDir(), "pauses.lua")
	require.NoError(b, os.WriteFile(pauses, []byte("function delay() return math.random("+w.pause+") end\n"), 0o644))
	_, unhurried, _ := s.load(b, w, "-d1s", "-s", pauses)
	return figures{rate, processor, slowest, unhurried}
}

// load asks the server with wrk, and returns the requests a second, the time in which 99 of 100 were answered, and how many they were.
func (s *server) load(b *testing.B, w workload, args ...string) (rate float64, slowest time.Duration, count int) {
	args = append(args, "-t1", "-c64", "--latency", "-H", "Accept-Encoding: "+w.accept, "http://"+s.address+w.target)
	out, err := exec.Command("wrk", args...).CombinedOutput()
	require.NoError(b, err, string(out))
	require.NotContains(b, string(out), "Non-2xx")
	require.NotContains(b, string(out), "Socket errors")
	number := func(in *regexp.Regexp) string {
		found := in.FindSubmatch(out)
		require.NotNil(b, found, string(out))
		return string(found[1])
	}
	rate, err = strconv.ParseFloat(number(rateIn), 64)
	require.NoError(b, err)
	slowest, err = time.ParseDuration(number(slowestIn))
	require.NoError(b, err)
	count, err = strconv.Atoi(number(countIn))
	require.NoError(b, err)
	return rate, slowest, count
}

// processor returns how long the processors have worked for the server and its workers.
func (s *server) processor(b *testing.B) (all time.Duration) {
	parent := strconv.Itoa(s.process.Process.Pid)
	names, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(b, err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if pid := strings.Split(name, "/")[2]; pid != parent && fields[1] != parent {
			continue
		}
		for _, ticks := range fields[11:13] {
			n, err := strconv.Atoi(ticks)
			require.NoError(b, err)
			all += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return all
}

// median returns the median over the rounds of what of says of two servers in one round.
func median(list, beside []figures, of func(f, beside figures) float64) float64 {
	values := make([]float64, len(list))
	for i, f := range list {
		values[i] = of(f, beside[i])
	}
	slices.Sort(values)
	return values[len(values)/2]
}
