"""What is wrong with a request, by botocore's model of its API."""

import apis
import values
from forms import Form
from names import unknown


def problems(request):
    """Lines for a request as it was recorded: `api`, `operation`, and its parameters as `json` or `query`."""
    if request["api"] not in apis.NAMES:
        return [f"the API {unknown(request['api'], apis.NAMES)}"]
    model = apis.model_of(request["api"])
    if request["operation"] not in model.operation_names:
        return [f"the operation {unknown(request['operation'], model.operation_names)}"]
    shape = model.operation_model(request["operation"]).input_shape
    parameters = "query" if apis.takes_forms(model) else "json"
    if parameters not in request:
        return [f"the API takes {'form parameters' if parameters == 'query' else 'JSON'}"]
    if parameters == "json":
        return list(values.problems(request["json"], shape))
    return form(request, model, shape)


def form(request, model, shape):
    # Tests that see the whole body have these two among the parameters.
    common = {"Action": request["operation"], "Version": model.api_version}
    wrong = [
        f"{name}: is {value}, and should be {common[name]}"
        for name, value in request["query"]
        if common.get(name, value) != value
    ]
    reader = Form(model)
    value = reader.read([(name, text) for name, text in request["query"] if name not in common], shape)
    return wrong + (reader.problems or list(values.problems(value, shape)))
