-- How wrk loads a server. Arguments: the size of the body of each request (0 is a GET), and how many go in one write.
function init(arguments)
   local size, depth = tonumber(arguments[1]), tonumber(arguments[2])
   if size > 0 then
      wrk.method = "POST"
      wrk.path = "/upload"
      wrk.body = string.rep("x", size)
   end
   if depth > 1 then
      local requests = string.rep(wrk.format(), depth)
      request = function() return requests end
   end
end

-- One line of JSON, times in milliseconds.
function done(summary, latency)
   local errors = summary.errors
   local count = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   local line = '{"rate": %f, "p50": %f, "p99": %f, "p999": %f, "errors": %d}\n'
   local rate = summary.requests / summary.duration * 1e6
   local p50, p99, p999 = latency:percentile(50), latency:percentile(99), latency:percentile(99.9)
   io.write(line:format(rate, p50 / 1e3, p99 / 1e3, p999 / 1e3, count))
end
