# Makes tiny.onnx, a classifier of three labels with the shape of the contract (docs/methods.md, "A classifier of your own").
import onnx, numpy as np
from onnx import helper as h, TensorProto as T, numpy_helper as nh
rng=np.random.default_rng(20231)
W=rng.normal(size=(12,3)).astype('f4'); b=np.array([.1,-.2,.05],'f4')
g=h.make_graph([
 h.make_node('ReduceMean',['bands'],['m'],axes=[1],keepdims=0),
 h.make_node('ReduceMean',['day_of_year'],['d'],axes=[1],keepdims=1),
 h.make_node('Mul',['d','s'],['ds']),
 h.make_node('Concat',['m','ds'],['c'],axis=1),
 h.make_node('Gemm',['c','W','b'],['logits'])],'tiny',
 [h.make_tensor_value_info('bands',T.FLOAT,['N',36,11]),h.make_tensor_value_info('day_of_year',T.FLOAT,['N',36])],
 [h.make_tensor_value_info('logits',T.FLOAT,['N',3])],
 [nh.from_array(W,'W'),nh.from_array(b,'b'),nh.from_array(np.array(1/366,'f4'),'s')])
m=h.make_model(g,opset_imports=[h.make_opsetid('',13)]); m.ir_version=8
onnx.checker.check_model(m); onnx.save(m,'tiny.onnx')
# Reference of the test: onnxruntime 1.x on bands = 0.5 everywhere, day_of_year = 1 everywhere.
import onnxruntime as rt
s = rt.InferenceSession("tiny.onnx")
print(s.run(None, {"bands": np.full((1, 36, 11), 0.5, "f4"), "day_of_year": np.ones((1, 36), "f4")}))
