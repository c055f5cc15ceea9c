// The mission's two routes and an upload with Go's net/http, one processor.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
	"time"
)

const limit = 2 << 20

func text(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		io.WriteString(w, body)
	}
}

func upload(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	fmt.Fprint(w, len(body))
}

func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		next.ServeHTTP(w, r)
		log.Printf("%s %s %s %s", r.RemoteAddr, r.Method, r.URL.Path, time.Since(start))
	})
}

func main() {
	runtime.GOMAXPROCS(1)
	mux := http.NewServeMux()
	mux.Handle("/", text("text/plain; charset=utf-8", "shop running in bench\n"))
	mux.Handle("/health", text("application/json", `{"status":"ok"}`))
	mux.HandleFunc("/upload", upload)
	var handler http.Handler = mux
	if os.Getenv("ACCESS_LOG") == "on" {
		handler = logged(mux)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", handler))
}
